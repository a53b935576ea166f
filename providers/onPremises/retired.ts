/** For people who choose it, also as a hosting of 360dialog (docs/reference/providers.md 2). */
export const onPremisesRetired =
	'Meta ended the On-Premises API on 23 October 2025, and its servers no longer send. ' +
	'Move the number to the Cloud API, then choose Meta Cloud API or the Cloud hosting of 360dialog.';

/**
 * The codes that resends replaced. Each is kept, by the id of the send that replaced it, until that send can no longer
 * be withdrawn: a withdrawn resend restores the old code.
 */
export const replacedCodes = `
-- This send can no longer be withdrawn, so no code from before it can come back.
local function forgetReplaced(code, doc, delivery)
	for _, each in ipairs(doc.deliveries) do
		code.replaced[each.sendId] = nil
		if each == delivery then break end
	end
end
`;

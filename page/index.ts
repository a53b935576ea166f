export { chooseLanguage, pageLanguage, pageLanguages, type PageLanguage } from './languages';
export { readPost, type BotProof, type PageRequest, type PostRefusal, type ReadPost } from './read-post';
export { renderPage, type RenderedPage } from './render';
export * from './view';
export { webAddress } from './web-address';

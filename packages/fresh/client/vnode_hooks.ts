/**
 * Ties the framework into preact's rendering in the browser: image sources are
 * marked with the build id, elements for the head go to client/head_element.ts.
 */
import { options } from "preact";
import { markImageSources } from "../shared/asset.ts";
import { replaceHeadElement } from "./head_element.ts";

const before = options.vnode;
options.vnode = (vnode) => {
  markImageSources(vnode);
  replaceHeadElement(vnode);
  before?.(vnode);
};

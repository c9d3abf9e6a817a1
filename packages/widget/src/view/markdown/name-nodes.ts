/**
 * Test aid: happy-dom names elements, but not through the getter of `Node`, by which DOMPurify asks for names because a
 * form field cannot shadow it. Import this before DOMPurify.
 */
if (typeof Node === 'function') {
  Object.defineProperty(Node.prototype, 'nodeName', {
    get(this: Node) {
      return this instanceof Element ? this.tagName : this.nodeType === 3 ? '#text' : '#document-fragment';
    },
  });
}

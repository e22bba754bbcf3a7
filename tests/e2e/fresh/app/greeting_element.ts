/** Defines `<my-greeting>`; only a browser can load it. */
customElements.define(
  "my-greeting",
  class extends HTMLElement {
    connectedCallback() {
      this.textContent = `Hello, ${this.getAttribute("name")}!`;
    }
  },
);

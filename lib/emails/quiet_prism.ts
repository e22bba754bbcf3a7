/**
 * Keeps Prism from listening: @react-email/components brings it for code blocks,
 * and on a thread other than the main one it takes every message for its own,
 * fails on the first that is none, and may close the thread.
 *
 * Imported before it, for its side effect.
 *
 * Source: prismjs, `disableWorkerMessageHandler`, which it reads when it loads.
 */
Object.assign(globalThis, {
  Prism: { disableWorkerMessageHandler: true, manual: true },
});

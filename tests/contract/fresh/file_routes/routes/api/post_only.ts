export const handler = {
  POST: () => new Response("posted"),
};

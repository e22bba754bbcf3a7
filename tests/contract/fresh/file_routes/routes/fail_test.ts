export const handler = () => new Response("a test file is no route");

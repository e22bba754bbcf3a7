export const handler = () => new Response("inner error", { status: 500 });

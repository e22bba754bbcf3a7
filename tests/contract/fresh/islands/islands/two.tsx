export const One = () => <i>1</i>;
export const Two = () => <i>2</i>;
export const limit = 3;

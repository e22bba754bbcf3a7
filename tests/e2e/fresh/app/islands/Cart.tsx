import { cart } from "../cart.ts";

export function AddToCart({ product }: { product: string }) {
  const add = () => cart.value = [...cart.value, product];
  return <button type="button" onClick={add}>Add {product}</button>;
}

export function CartCount() {
  return <p id="count">Items in cart: {cart.value.length}</p>;
}

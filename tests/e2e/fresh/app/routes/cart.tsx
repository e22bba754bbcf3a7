import { AddToCart, CartCount } from "../islands/Cart.tsx";

export default function Cart() {
  return (
    <>
      <AddToCart product="Lemon" />
      <AddToCart product="Lime" />
      <CartCount />
    </>
  );
}

// For the compiler of the other packages, which knows no components; vue-tsc reads the components themselves.
declare module '*.vue' {
  import type { Component } from 'vue';
  const component: Component;
  export default component;
}

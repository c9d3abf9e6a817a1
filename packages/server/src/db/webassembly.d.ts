// Node has it; the DOM library that declares it has no place in a server.
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports: Record<string, never>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
}

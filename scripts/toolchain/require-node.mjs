// Kept to what Node 12 can parse, and without imports: its whole purpose is to speak up on an old Node.

/** Ends the process with one clear line when this Node is older than the project needs (20.19). */
export function requireNode() {
  const version = parseFloat(process.versions.node);
  const minor = Number(process.versions.node.split('.')[1]);
  if (version >= 21 || (version >= 20 && minor >= 19)) return;
  console.error(
    'Salient needs Node 20.19 or newer; this is Node ' + process.versions.node + '. See https://nodejs.org',
  );
  process.exit(1);
}

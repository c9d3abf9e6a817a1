/** Says whether the agent lets the widget show the pictures that were chosen: it names their hosts in its configuration. */
export function showPictureHosts(form, { agent, logo, avatar }) {
  const hosts = JSON.parse(form.dataset.imageHosts ?? '[]');
  const missing = [logo, avatar].flatMap((address) => {
    const { host } = address && URL.canParse(address) ? new URL(address) : {};
    return host && !hosts.some((pattern) => isHostOf(host, pattern)) ? [host] : [];
  });
  form.querySelector('#pictures').textContent =
    missing.length === 0
      ? 'Pictures come from hosts that the agent lists in widget.image_hosts.'
      : `Not shown yet: list ${[...new Set(missing)].join(' and ')} in widget.image_hosts of ${agent}.`;
}

function isHostOf(host, pattern) {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

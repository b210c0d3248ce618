// The page's one Trusted Types policy (named "default" by the content security policy). htmx puts the
// server's own fragments into the page: they pass, unless they carry a script or a handler, which ours never do.
(function () {
  "use strict";
  if (!window.trustedTypes || !window.trustedTypes.createPolicy) return;

  const FORBIDDEN = /<script[\s>/]|<iframe[\s>/]|[\s"'/]on[a-z]+\s*=|javascript:/i;

  // Text between tags may say anything; only what stands inside a tag can act
  const dangerous = (html) => (html.match(/<[^>]*>/g) || []).some((tag) => FORBIDDEN.test(tag));

  window.trustedTypes.createPolicy("default", {
    createHTML(html) {
      if (dangerous(html)) throw new TypeError("Concord: this fragment carries a script and is not shown.");
      return html;
    },
    createScriptURL(url) {
      if (new URL(url, document.baseURI).origin !== window.location.origin) {
        throw new TypeError("Concord: scripts come from this site only.");
      }
      return url;
    },
  });
})();

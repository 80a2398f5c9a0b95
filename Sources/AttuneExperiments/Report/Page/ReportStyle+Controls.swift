extension ReportStyle {
  /// What the script brings to life, and what only the keyboard meets.
  static let controls = """
    .skip{position:absolute;left:-9999px}
    .skip:focus{left:12px;top:8px;z-index:3;background:var(--page);padding:6px 10px;outline:2px solid var(--accent)}
    main:focus{outline:none}
    .bar-of-tools{display:flex;justify-content:space-between;align-items:center;gap:1em}
    button{font:inherit;color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:6px;\
    padding:3px 10px;min-height:26px;cursor:pointer}
    button:hover{border-color:var(--quiet)}
    a:focus-visible,button:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .theme{display:none;font-size:.82rem}.js .theme{display:inline-block}
    .downloads{display:none;gap:.5em;margin:.35em 0 .2em}.js .downloads{display:flex}
    .downloads button{font-size:.74rem;color:var(--quiet);padding:1px 9px;min-height:24px}
    .tabled{margin-bottom:.6em}
    button.sort{all:unset;cursor:pointer;font:inherit;color:inherit;text-align:inherit;display:inline}
    button.sort:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    button.sort:hover{text-decoration:underline}
    th[aria-sort] button.sort::after{font-weight:700;white-space:nowrap}
    th[aria-sort=ascending] button.sort::after{content:" \u{2191}"}
    th[aria-sort=descending] button.sort::after{content:" \u{2193}"}
    .overflows::before{content:"Scroll sideways \u{2192}";position:sticky;left:0;display:block;width:max-content;\
    font-size:.78rem;font-weight:600;color:var(--quiet);padding-bottom:.3em}
    pre.data{display:none}
    progress{width:100%;max-width:640px;height:14px;accent-color:var(--accent)}
    .wide-multiples{display:grid;gap:22px}
    """
}

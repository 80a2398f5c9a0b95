/// The style sheet of the report: variables for the light and the dark scheme, layout, print.
///
/// It contains neither `<` nor `&`, so that the page stays well-formed XML.
enum ReportStyle {
  /// The whole style sheet.
  static var sheet: String {
    """
    \(variables)
    \(layout)
    \(ReportStyle.tables)
    \(ReportStyle.plots)
    \(heat)
    \(controls)
    \(media)
    """
  }

  private static func scheme(_ scheme: ColorScale.Scheme) -> String {
    let steps = (0..<ColorScale.steps).map { "--h\($0):\(ColorScale.color($0, scheme))" }.joined(separator: ";")
    let colors = series(scheme).enumerated().map { "--c\($0.offset):\($0.element)" }.joined(separator: ";")
    let rest =
      scheme == .light
      ? """
      --page:#ffffff;--panel:#f6f7f9;--ink:#16191d;--quiet:#5a626c;--line:#d9dde3;--grid:#eceef1;--accent:#0b5cad;\
      --helps:#0a6b52;--hurts:#b3361b;--unclear:#6b7280;--shade:#16191d38
      """
      : """
      --page:#121417;--panel:#1b1f24;--ink:#eceff3;--quiet:#a3acb7;--line:#343a42;--grid:#262b31;--accent:#7cb8ff;\
      --helps:#4fd1a5;--hurts:#ff9070;--unclear:#9aa3ae;--shade:#eceff347
      """
    return "\(rest);--heat-ink:\(ColorScale.ink(scheme));\(steps);\(colors)"
  }

  /// Colors of inference arms: the neutral ink for the baseline, then hues that stay apart in common color blindness.
  private static func series(_ scheme: ColorScale.Scheme) -> [String] {
    switch scheme {
    case .light:
      ["#16191d", "#0072b2", "#d55e00", "#00875f", "#b8468f", "#7656c8", "#8f6d00", "#2187a5", "#8c3b3b"]
    case .dark:
      ["#eceff3", "#56b4e9", "#ff8c42", "#2fcf9f", "#f08fc5", "#b49cff", "#e6c229", "#7fe3ee", "#e57f7f"]
    }
  }

  private static var variables: String {
    """
    :root{\(scheme(.light));color-scheme:light}
    @media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){\(scheme(.dark));color-scheme:dark}}
    @media screen{:root[data-theme=dark]{\(scheme(.dark));color-scheme:dark}}
    """
  }

  private static let layout = """
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:1240px;padding:32px 24px 64px;background:var(--page);color:var(--ink);\
    font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
    h1{font-size:2.1rem;line-height:1.15;letter-spacing:-.02em;margin:.1em 0 .35em;font-weight:680}
    h2{font-size:1.4rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .6em;font-weight:650}
    h3{font-size:1.02rem;margin:1.9em 0 .5em;font-weight:650}
    p{margin:.5em 0 .9em;max-width:75ch}
    section{border-top:1px solid var(--line);margin-top:44px;padding-top:28px}
    a{color:var(--accent)}
    .kicker{font-size:.74rem;letter-spacing:.08em;text-transform:uppercase;color:var(--quiet);margin:0;font-weight:600}
    .lead{font-size:1.1rem;max-width:70ch}
    .facts,.note,.quiet,.about{color:var(--quiet)}
    .facts{margin-bottom:.4em}
    .note{font-size:.88rem}
    .name{font-weight:600}
    .number{white-space:nowrap}
    .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .tag{display:inline-block;font-size:.68rem;font-weight:500;line-height:1.3;padding:0 .4em;\
    border:1px solid var(--line);\
    border-radius:4px;color:var(--quiet);white-space:nowrap;vertical-align:1px}
    .mark{font-size:.82em;margin-left:.3em}
    .mark.helps{color:var(--helps)}.mark.hurts{color:var(--hurts)}.mark.noDifferenceShown{color:var(--unclear)}
    nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.2em 1.3em;font-size:.92rem}
    .tiles{list-style:none;margin:22px 0;padding:0;display:grid;gap:12px;\
    grid-template-columns:repeat(auto-fit,minmax(min(100%,225px),1fr))}
    .tile{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:14px 16px;display:flex;\
    flex-direction:column;gap:2px}
    .tile.strong{border-color:var(--ink)}
    .tile .big{font-size:2rem;line-height:1.2;font-weight:680;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
    .tile .change{font-size:.92rem;font-weight:600}
    .tile .number{white-space:normal}
    .tile .arms{margin-top:6px;font-size:.92rem}
    .tile .costs{font-size:.82rem;color:var(--quiet)}
    ol.front,ul.rules,ul.failures{padding-left:1.3em;margin:.3em 0}
    ul.rules li,ul.failures li{max-width:85ch;margin:.25em 0}
    code{font:.88em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.3em 1.4em;margin:.5em 0 1.4em}
    dt{color:var(--quiet)}dd{margin:0}
    summary{cursor:pointer;color:var(--accent);margin:1em 0}
    """

  private static let tables = """
    .scroll{overflow-x:auto;margin:.4em 0;position:relative;\
    background:linear-gradient(to right,var(--page) 30%,transparent) left/36px 100%,\
    linear-gradient(to left,var(--page) 30%,transparent) right/36px 100%,\
    linear-gradient(to right,var(--shade),transparent) left/14px 100%,\
    linear-gradient(to left,var(--shade),transparent) right/14px 100%;\
    background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
    .scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums;min-width:100%;\
    overflow-wrap:normal}
    caption{caption-side:top;text-align:left;color:var(--quiet);font-size:.88rem;padding:0 0 .6em}
    caption span{position:sticky;left:0;display:inline-block;max-width:min(95ch,calc(100vw - 52px))}
    th,td{padding:7px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
    thead th,thead td{font-size:.8rem;font-weight:600;color:var(--quiet);vertical-align:bottom}
    tbody th{font-weight:600;min-width:104px;overflow-wrap:break-word}
    .about{display:block;font-weight:400;font-size:.82rem;max-width:34ch}
    .buys td+td{min-width:112px}
    .buys td{overflow-wrap:anywhere}
    .buys td b{white-space:nowrap}.buys .number{white-space:normal}
    .buys tbody th,.verdicts tbody th{min-width:140px;max-width:260px}
    .verdicts td{min-width:190px}
    .verdicts td.tally{white-space:nowrap}
    .bar{display:block;width:120px;height:8px;margin:5px 0 4px;border-radius:4px}
    rect.helps{fill:var(--helps)}rect.hurts{fill:var(--hurts)}rect.noDifferenceShown{fill:var(--line)}
    .costs td,.costs th[scope=colgroup]{text-align:right;white-space:nowrap}
    .costs thead th{text-align:right}
    .costs thead tr:first-child th:first-child,.costs thead th.text{text-align:left}
    .costs th[scope=colgroup]{border-bottom-color:transparent;padding-bottom:0}
    .costs td.text,td.text{text-align:left;white-space:normal}
    .costs tbody th{min-width:170px}
    """

  private static let plots = """
    .legend{list-style:none;padding:0;margin:.3em 0 .8em;display:flex;flex-wrap:wrap;align-items:center;\
    gap:.25em 1.1em;\
    font-size:.86rem;max-width:none}
    p.legend:not(.scale){display:block}
    .note.key{margin:.2em 0 0;font-size:.82rem}
    .legend li{display:inline-flex;align-items:center;gap:.4em}
    .swatch{width:34px;height:10px}.dot{width:16px;height:16px}
    .small-multiples{display:grid;gap:18px 24px;grid-template-columns:repeat(auto-fill,minmax(min(100%,350px),1fr))}
    .pair{display:grid;gap:24px;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr))}
    .pair .plot{min-width:0}
    figure{margin:0}
    figcaption{font-weight:600;font-size:.95rem;margin-bottom:2px}
    svg{display:block;width:100%;height:auto;font:11px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
    svg.wide{min-width:520px}
    svg text{fill:var(--ink)}
    .label tspan:last-child{font-weight:600}
    svg .tick,svg .title{fill:var(--quiet)}
    .grid{stroke:var(--grid);stroke-width:1}
    .axis{stroke:var(--line);stroke-width:1}
    .line{fill:none;stroke-width:1.9;stroke-linejoin:round;stroke-linecap:butt}
    path.line.c0{stroke-width:2.6}
    circle.line{fill:var(--page)}
    .front-line{fill:none;stroke:var(--quiet);stroke-width:1.2;stroke-dasharray:1 3;stroke-linecap:round}
    .tight{grid-template-columns:repeat(auto-fill,minmax(min(100%,255px),1fr))}
    .picture-rows{display:grid;gap:18px}.picture-rows svg{max-width:960px}.picture-rows svg.wide{min-width:700px}
    image.pixels{image-rendering:pixelated}
    .bin{fill:var(--c1);fill-opacity:.35}.bin-mean{fill:var(--ink)}
    .diagonal{stroke:var(--quiet);stroke-width:1.2;stroke-dasharray:2 3}
    .spread-before{fill:var(--line)}.spread-after{fill:var(--c1);fill-opacity:.55;stroke:var(--ink);stroke-width:1}
    rect.right{fill:none;stroke:var(--line)}rect.none{fill:var(--panel)}svg text.count{fill:var(--ink)}
    rect[class^=f]+text.count{fill:var(--heat-ink)}
    .change{stroke:var(--quiet);stroke-width:1}
    .change-name{font-size:10px;paint-order:stroke;stroke:var(--page);stroke-width:3px}
    .detected line{stroke:var(--quiet);stroke-width:1;stroke-dasharray:1 3}
    .detected polygon{fill:var(--page);stroke:var(--ink);stroke-width:1.2}
    .point.alarm{fill-opacity:1}
    .leader{stroke:var(--quiet);stroke-width:.8}
    .label{font-size:10.5px;paint-order:stroke;stroke:var(--page);stroke-width:3.5px;stroke-linejoin:round}
    .point{stroke:var(--page);stroke-width:.8;fill-opacity:.8}
    .point.winner{fill-opacity:1;stroke:var(--ink);stroke-width:1.3}
    ol.front{font-size:.86rem}
    """

  private static var heat: String {
    let steps = (0..<ColorScale.steps).map { ".h\($0){background:var(--h\($0))}rect.f\($0){fill:var(--h\($0))}" }
      .joined(separator: "\n")
    let colors = (0...SeriesStyle.colors).map { index in
      """
      .line.c\(index){stroke:var(--c\(index))}.point.c\(index){fill:var(--c\(index))}\
      .point.c\(index).hollow{fill:var(--page);fill-opacity:1;stroke:var(--c\(index));stroke-width:1.8}
      """
    }.joined(separator: "\n")
    return """
      .heat{border-collapse:separate;border-spacing:2px;table-layout:fixed;width:100%;min-width:var(--wide)}
      .heat col.names{width:150px}
      .heat th,.heat td{border:0;padding:6px 4px;overflow-wrap:anywhere}
      .heat tbody td{text-align:center;color:var(--heat-ink);border-radius:5px;vertical-align:middle}
      .heat thead th{text-align:center;font-weight:600;line-height:1.25}
      .heat thead th .tag{display:table;margin:2px auto 0}
      .heat tbody th{position:sticky;left:0;background:var(--page);z-index:1;vertical-align:middle}
      .heat .corner{font-weight:400;font-size:.74rem;text-align:left}
      .heat .value{font-size:.95rem;font-weight:600;white-space:nowrap}
      .heat .half{display:block;font-size:.76rem;white-space:nowrap}
      .heat .mark{color:inherit}
      .heat tbody td.best{box-shadow:inset 0 0 0 2px var(--heat-ink)}
      .heat tbody td.failed{color:var(--quiet);background:var(--panel);font-style:italic}
      .ramp{display:inline-flex;border-radius:4px;overflow:hidden}
      .ramp i{width:18px;height:12px}
      .ring{padding:0 .4em;border-radius:4px;box-shadow:inset 0 0 0 2px var(--ink)}
      \(steps)
      \(colors)
      """
  }

  private static let media = """
    @media (max-width:640px){body{padding:20px 14px 40px;font-size:14.5px}h1{font-size:1.7rem}section{margin-top:32px}\
    dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6em}.heat col.names{width:104px}\
    .heat tbody th{font-size:.8rem}caption span{max-width:calc(100vw - 28px)}.overflows>table tbody th{position:static}}
    @media screen and (max-width:480px){:root:not(.js) caption span::after{content:" Scroll sideways \u{2192}";\
    font-weight:600;white-space:nowrap}.narrow caption span::after{content:none}}
    @page{margin:14mm}
    @media print{body{max-width:none;padding:0;font-size:10pt}nav,.theme,.skip,.downloads,.overflows::before{display:none!important}\
    .scroll{overflow:visible;background:none}section{break-inside:auto;margin-top:20px}\
    figure,.tiles,tr{break-inside:avoid}h2,h3,figcaption,caption{break-after:avoid}thead{display:table-header-group}\
    details::details-content{content-visibility:visible;height:auto}\
    button.sort{pointer-events:none}table{font-size:8pt}\
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}svg.wide{min-width:0}\
    .heat{min-width:0}.heat th,.heat td{min-width:0}.costs tbody th,.verdicts td{min-width:0}\
    .costs td,.verdicts td.tally{white-space:normal}}
    """
}

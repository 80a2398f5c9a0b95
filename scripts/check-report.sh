#!/usr/bin/env bash
# Opens reports in a headless Chromium, 1280, 768 and 390 pixels wide: nothing overflows, no error is on the console,
# tables sort, figures save, headings are in order, all has a name, and text has contrast in both color schemes.
#
# Usage: scripts/check-report.sh [PAGE…]; without pages it makes an experiment's, an online one's, and a comparison.
# The browser: $CHROMIUM, or chromium, chromium-browser or google-chrome of the PATH.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
attune=${ATTUNE:-$root/.build/debug/attune}

browser=${CHROMIUM:-}
for name in chromium chromium-browser google-chrome; do
  [ -n "$browser" ] || browser=$(command -v "$name" || true)
done
if [ -z "$browser" ]; then
  echo "check-report: no Chromium here; 'scripts/setup.sh --tests' installs it, or set CHROMIUM" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pages=("$@")
if [ ${#pages[@]} -eq 0 ]; then
  "$attune" run "$root/Tests/Browser/experiment.yaml" --output "$work/first" --quiet > /dev/null
  "$attune" run "$root/Tests/Browser/experiment.yaml" training.adam.epochs=2 --output "$work/second" --quiet > /dev/null
  "$attune" run "$root/Tests/Browser/online.yaml" --output "$work/online" --quiet > /dev/null
  "$attune" report "$work/first" "$work/second" -o "$work/comparison.html" 2> /dev/null
  pages=("$work/first/report.html" "$work/online/report.html" "$work/comparison.html")
fi

# As root, and in most containers, Chromium cannot make its own sandbox.
options=(--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run
  --user-data-dir="$work/profile" --allow-file-access-from-files --enable-logging=stderr --v=0)

status=0
for page in "${pages[@]}"; do
  copy=$work/copy.html
  # The check goes in front of the end of the page.
  awk -v check="$root/scripts/check-report.js" '
    /<\/body>/ && !done { print "<script>"; while ((getline line < check) > 0) print line; print "</script>"; done = 1 }
    { print }' "$page" > "$copy"
  cat > "$work/frames.html" << 'FRAMES'
<!DOCTYPE html><html><head><script>
var widths = [1280, 768, 390], lines = [], done = 0;
addEventListener("message", function (event) {
  event.data.problems.forEach(function (text) { lines.push("PROBLEM at " + event.data.width + ": " + text); });
  done += 1;
  document.getElementById("verdict").textContent =
    done < widths.length ? "waiting for " + (widths.length - done) : lines.concat("CHECKED " + done).join("\n");
});
addEventListener("load", function () {
  widths.forEach(function (width) {
    var frame = document.createElement("iframe");
    frame.src = "copy.html";
    frame.style.cssText = "border:0;width:" + width + "px;height:900px";
    document.body.appendChild(frame);
  });
});
</script></head><body>
<pre id="verdict">waiting</pre>
</body></html>
FRAMES
  "$browser" "${options[@]}" --window-size=1400,1000 --virtual-time-budget=60000 --dump-dom "file://$work/frames.html" \
    > "$work/dom.html" 2> "$work/console.txt" || true
  verdict=$(sed -n '/<pre id="verdict">/,$p' "$work/dom.html" | sed 's/<[^>]*>//g')
  errors=$(grep -E 'CONSOLE' "$work/console.txt" || true)
  bytes=$(wc -c < "$page")
  if ! grep -q 'CHECKED 3' <<< "$verdict" || grep -q PROBLEM <<< "$verdict" || [ -n "$errors" ]; then
    echo "check-report: $page" >&2
    printf '%s\n%s\n' "$verdict" "$errors" >&2
    status=1
  elif [ "$bytes" -gt 1500000 ]; then
    echo "check-report: $page has $bytes bytes, 1.5 MB at most" >&2
    status=1
  else
    echo "check-report: $(basename "$(dirname "$page")")/$(basename "$page"): ok at 1280, 768 and 390 pixels"
  fi
done
exit "$status"

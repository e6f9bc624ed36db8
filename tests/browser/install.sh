# Installs what the tests of report.html in a browser run on; sourced by `dev`, and part of
# `./dev test` and `./dev bench` alone. What is made lies in build/browser.

require_browser() {
  local made="$root/build/browser" from="$root/tests/browser" absent
  mapfile -t absent < <(missing_node_packages)
  require_packages chromium "${absent[@]}"
  cmp -s "$from/package-lock.json" "$made/installed.json" ||
    step "install packages of the browser" install_node_packages "$made" "$from"
  # A module is looked for beside the program that imports it, and in the folders above it.
  [ -d "$from/node_modules" ] || ln -sfn ../../build/browser/node_modules "$from/node_modules"
}

# Installs packages of Debian; sourced by `dev`, which gives `step`, `say` and `environment_failed`.

# Prints those of the given packages that are not installed.
missing() {
  local installed package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    grep -qx "installed $package" <<<"$installed" || printf '%s\n' "$package"
  done
}

# A server's package makes and starts a cluster of its own; the cases start theirs, and need none.
forbid_main_cluster() {
  local folder=/etc/postgresql-common/createcluster.d
  "$@" mkdir -p "$folder"
  "$@" sh -c "echo 'create_main_cluster = false' >$folder/no-main.conf"
}

apt_install() {
  local as_root=("${elevate[@]}" env DEBIAN_FRONTEND=noninteractive)
  local options=(-y --no-install-recommends -o DPkg::Lock::Timeout=300)
  [[ " $* " != *" postgresql "* ]] || forbid_main_cluster "${as_root[@]}"
  "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update
  "${as_root[@]}" apt-get "${options[@]}" install "$@"
}

require_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "This script installs packages of Debian 12, and this system has no dpkg-query."
    say "Use Debian 12, or a container of it (debian:12)."
    exit "$environment_failed"
  fi
  local absent
  mapfile -t absent < <(missing "$@")
  [ "${#absent[@]}" -gt 0 ] || return 0
  elevate=()
  if [ "$(id -u)" -ne 0 ]; then
    elevate=(sudo)
    if ! command -v sudo >/dev/null || ! sudo true; then
      say "These packages are missing, and neither root nor sudo is at hand. As root, run:"
      say "  apt-get update && apt-get install -y --no-install-recommends ${absent[*]}"
      exit "$environment_failed"
    fi
  fi
  step "install ${#absent[@]} packages" apt_install "${absent[@]}"
}

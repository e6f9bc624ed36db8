# Installs what the programs of tests/programs run on; sourced by `dev`, and part of `./dev test`
# alone. What is made lies in build/programs.

# psql comes with the server's package.
programs_packages=(python3-psycopg2 python3-sqlalchemy openjdk-17-jdk-headless
                   libpostgresql-jdbc-java)

# A Node.js that came from elsewhere is kept: Debian's npm conflicts with it.
missing_node_packages() {
  command -v node >/dev/null || printf 'nodejs\n'
  command -v npm >/dev/null || printf 'npm\n'
}

# The lock file gets its other name last: where that is, the installation was complete.
install_node_packages() { # FOLDER SOURCE
  mkdir -p "$1" && rm -f "$1/installed.json" &&
    cp "$2"/package{,-lock}.json "$1" &&
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund) &&
    mv "$1/package-lock.json" "$1/installed.json"
}

compile_java() { # FOLDER SOURCE
  rm -rf "$1" && javac --release 17 -d "$1" "$2" && touch "$1"
}

require_programs() {
  local made="$root/build/programs" from="$root/tests/programs" absent code
  mapfile -t absent < <(missing_node_packages)
  require_packages "${programs_packages[@]}" "${absent[@]}"
  cmp -s "$from/package-lock.json" "$made/installed.json" ||
    step "install packages of Node.js" install_node_packages "$made" "$from"
  # A module is looked for beside the program that imports it, and in the folders above it.
  [ -d "$from/node_modules" ] || ln -sfn ../../build/programs/node_modules "$from/node_modules"
  for code in broken fixed; do
    [ "$made/java/$code" -nt "$from/jdbc-batch/$code.java" ] ||
      step "compile jdbc-batch $code" compile_java "$made/java/$code" "$from/jdbc-batch/$code.java"
  done
}

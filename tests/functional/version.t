The version is one line; everything that a report needs is behind --verbose.

  $ mlo version
  mlo [0-9]+\.[0-9]+\.[0-9]+ (re)
  $ mlo --version
  mlo [0-9]+\.[0-9]+\.[0-9]+ (re)
  $ mlo version --verbose | cut -d' ' -f1
  mlo
  compiler
  build
  fmt
  libcurl
  libgit2
  nlohmann-json
  openssl
  sqlite
  ssh
  toml\+\+ (re)
  xxhash
  yaml-cpp
  zstd
  $ mlo version --json | check_json
  $ mlo --version --json | check_json
  $ mlo version extra
  error[MLO-A006]: unexpected argument 'extra'
    help: mlo version -h
  [2]


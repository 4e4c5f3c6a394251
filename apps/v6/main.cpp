#include <csignal>

#include "cli/cli.hpp"

int main(int argc, char** argv) {
  // A file that may not grow is like a full disk: an error to report, not a death by signal.
  std::signal(SIGXFSZ, SIG_IGN);
  return v6::run_cli(argc, argv);
}

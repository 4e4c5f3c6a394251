#pragma once

namespace v6 {

/// The program: reads the command line, runs one subcommand, prints errors as one line and answers
/// with an exit code of base/error.hpp.
[[nodiscard]] int run_cli(int argc, char** argv);

}  // namespace v6

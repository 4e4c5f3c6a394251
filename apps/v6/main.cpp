#include "cli/cli.hpp"

int main(int argc, char** argv) { return v6::run_cli(argc, argv); }

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The program: hands its arguments to the commands and leaves with their exit code.
#include "cli/commands.h"

int main(int argc, char** argv) { return penstock::cli::main(argc, argv); }

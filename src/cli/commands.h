// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every command of the program, in the order in which help lists them.
#pragma once

namespace penstock::cli {

int main(int argc, char** argv);

}  // namespace penstock::cli

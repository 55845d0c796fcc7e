// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Code that was loaded and is not running. It changes nothing but how much memory a process holds.
#pragma once

#include <cstddef>

namespace penstock::os {

/// Let go of all pages of code and constants of this program and its libraries: loading and setting
/// up have touched most of them, and a long run needs few. Whatever is needed comes back from the
/// page cache when it is. The bytes that such segments have, in memory or not.
/// Threads: any. Blocks: never. Cost: some hundred page faults.
std::size_t let_go_of_code();

}  // namespace penstock::os

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Archives as what is in them: gzip and zstd are known by their first bytes, never by file name.
// What is in an archive is a stream like any other, so a bomb costs time and never memory.
#pragma once

#include <memory>

#include "sources/byte_stream.h"

namespace penstock::sources {

/// `packed` as it is, or unpacked if it begins like gzip (members may follow each other, zeros may
/// end it) or zstd (frames may follow each other).
///
/// Memory: 64 KiB for gzip, at most 128 MiB for zstd (the window that `zstd --long=27` asks for).
/// Errors of read(): invalid "input.archive" (damaged, or ends early), and those of `packed`.
std::unique_ptr<ByteStream> unpacked(std::unique_ptr<ByteStream> packed);

}  // namespace penstock::sources

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Prose for a width. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::cli {

/// `text` wrapped to `columns`, every line indented by `indent`, each ended by a line break.
///
/// Lines of one paragraph are joined and broken anew; blank lines divide paragraphs; a line that
/// begins with blanks is a paragraph of its own, whose later lines stand below what follows its
/// first gap of two blanks. A word that is wider than the line stands alone.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns);

}  // namespace penstock::cli

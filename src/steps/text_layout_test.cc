// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Breaks, blanks and marks without any HTML.
#include "steps/text_layout.h"

#include <gtest/gtest.h>

namespace penstock::steps {
namespace {

TEST(TextLayout, BlanksFoldAcrossPieces) {
  TextLayout layout;
  layout.add_folded(" a ");
  layout.add_folded("\n\t b");
  layout.add_folded("c \xc2\xa0 d ");
  EXPECT_EQ(layout.take(), "a bc d");
}

TEST(TextLayout, BreaksCountOnlyBetweenWords) {
  TextLayout layout;
  layout.end_paragraph();
  layout.add_folded("a");
  layout.end_line();
  layout.end_paragraph();
  layout.end_line();
  layout.add_folded(" b");
  layout.end_line();
  layout.add_folded("c");
  layout.end_paragraph();
  EXPECT_EQ(layout.take(), "a\n\nb\nc");
}

TEST(TextLayout, CellsAndItems) {
  TextLayout layout;
  layout.next_cell();
  layout.add_folded("a");
  layout.next_cell();
  layout.add_folded("b");
  layout.begin_item(2);
  layout.add_folded("c");
  layout.begin_item(0);
  layout.add_folded("d");
  EXPECT_EQ(layout.take(), "a\tb\n  - c\n- d");
}

TEST(TextLayout, IndentationIsBounded) {
  TextLayout layout;
  layout.begin_item(1'000'000);
  layout.add_folded("x");
  EXPECT_EQ(layout.take(), "                - x");
}

TEST(TextLayout, VerbatimKeepsBlanksAndDropsControls) {
  TextLayout layout;
  layout.add_folded("a");
  layout.end_line();
  layout.add_verbatim("  b\n\tc\x1b\x07");
  EXPECT_EQ(layout.take(), "a\n  b\n\tc");
}

}  // namespace
}  // namespace penstock::steps

// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What is written reads back the same, and shows no formula to a spreadsheet that was asked to be
// safe.
#include "core/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace penstock::csv {
namespace {

using Fields = std::vector<std::string>;

std::string written(const Fields& fields, WriteOptions options = {}) {
  const std::vector<std::string_view> views(fields.begin(), fields.end());
  std::string out;
  write_record(views, out, options);
  return out;
}

std::vector<Fields> read(std::string_view text, char delimiter) {
  std::vector<Fields> records;
  Reader reader({.delimiter = delimiter});
  reader.feed(text);
  for (bool finished = false;;) {
    const auto record = reader.next();
    if (!record) return {{record.error().message}};
    if (*record) {
      records.emplace_back((*record)->fields.begin(), (*record)->fields.end());
    } else if (finished) {
      return records;
    } else {
      reader.finish();
      finished = true;
    }
  }
}

TEST(CsvWriter, QuotesOnlyWhereNeeded) {
  EXPECT_EQ(written({"a", " b ", "", "c'd"}), "a, b ,,c'd\n");
  EXPECT_EQ(written({"a,b", "c\"d", "e\nf", "g\rh"}), "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\rh\"\n");
  EXPECT_EQ(written({"a,b", "c;d"}, {.delimiter = ';'}), "a,b;\"c;d\"\n");
  EXPECT_EQ(written({""}), "\"\"\n");
  EXPECT_EQ(written({"\xEF\xBB\xBFx"}), "\"\xEF\xBB\xBFx\"\n");
  EXPECT_EQ(written({"\xFE\xFF"}), "\"\xFE\xFF\"\n");
}

TEST(CsvWriter, SpreadsheetSafeDefusesFormulas) {
  const WriteOptions safe{.spreadsheet_safe = SpreadsheetSafe::yes};
  EXPECT_EQ(written({"=1+1", "+a", "-a", "@a", "\ta"}, safe), "'=1+1,'+a,'-a,'@a,'\ta\n");
  EXPECT_EQ(written({"\ra", "=\"x\""}, safe), "\"'\ra\",\"'=\"\"x\"\"\"\n");
  EXPECT_EQ(written({"-5", "+1.5e-3", "a=1", "", "5"}, safe), "-5,+1.5e-3,a=1,,5\n");
  EXPECT_EQ(written({"-", "-5+cmd|x", "-1.", "-1e", "+-1"}, safe), "'-,'-5+cmd|x,'-1.,'-1e,'+-1\n");
  EXPECT_EQ(written({"=1+1"}), "=1+1\n");
}

RC_GTEST_PROP(CsvWriter, ReadsBackTheSame, ()) {
  const auto byte = rc::gen::oneOf(rc::gen::element('"', ',', ';', '\t', '\n', '\r', ' ', '\0',
                                                    '\xEF', '\xBB', '\xBF', '\xFE', '\xFF'),
                                   rc::gen::arbitrary<char>());
  const auto field = rc::gen::container<std::string>(byte);
  const auto fields = rc::gen::nonEmpty(rc::gen::container<Fields>(field));
  const auto records = *rc::gen::container<std::vector<Fields>>(fields);
  const char delimiter = *rc::gen::element(',', ';', '\t');
  std::string text;
  for (const Fields& record : records) text += written(record, {.delimiter = delimiter});
  RC_ASSERT(read(text, delimiter) == records);
}

}  // namespace
}  // namespace penstock::csv

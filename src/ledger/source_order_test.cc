// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Records in the order of the source, however items end.
#include "ledger/source_order.h"

#include <gtest/gtest.h>
#include <penstock/clock.h>

#include <algorithm>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

using Keys = std::vector<std::string>;

/// The second word of each line.
Keys keys_in(const LineFile& file) {
  Keys keys;
  for (const std::string& line : file.lines) {
    const std::size_t begin = line.find(' ') + 1;
    keys.push_back(line.substr(begin, line.find(' ', begin) - begin));
  }
  return keys;
}

class SourceOrderTest : public ::testing::Test {
 protected:
  SourceOrderTest() { run_.options.order = RecordOrder::source; }
  void open() { run_.open(sinks_into(file_)); }
  /// What the file has when nothing more comes for now.
  Keys rendered() {
    run_.close();
    const Keys keys = keys_in(file_);
    open();
    return keys;
  }
  LineFile file_;  // Outlives the writer thread.
  TempRun run_;
};

TEST_F(SourceOrderTest, NothingOvertakes) {
  open();
  run_.append(batch(done(1, item(0, 2), "{}"), done(2, item(0, 1), "{}")));
  EXPECT_EQ(rendered(), Keys());
  run_.append(batch(done(3, item(0, 0), "{}")));
  EXPECT_EQ(rendered(), (Keys{"1", "2", "3"}));
}

TEST_F(SourceOrderTest, ChildrenStandBehindTheirParent) {
  open();
  const Verdict first = with_children(done(1, item(0, 0), "{}"), 10, {"{}", "{}", "{}"});
  run_.append(batch(done(2 - 1, item(0, 1), "{}")));
  Verdict parent = first;
  parent.seq = Seq{2};
  for (Enrolment& child : parent.children) child.parent = parent.seq;
  run_.append(batch(parent));
  EXPECT_EQ(rendered(), Keys());
  run_.append(batch(done(3, parent.children[2])));
  EXPECT_EQ(rendered(), Keys());
  run_.append(batch(done(4, parent.children[0])));
  EXPECT_EQ(rendered(), Keys{"1/1"});
  run_.append(batch(done(5, parent.children[1])));
  EXPECT_EQ(rendered(), (Keys{"1/1", "1/2", "1/3", "2"}));
}

TEST_F(SourceOrderTest, PagesStandBehindTheChildrenOfThePageBefore) {
  open();
  Verdict first = with_children(done(1, item(0, 0), "{}"), 0, {"{}"});
  Enrolment page = waiting(item(0, ItemId::kEnrolledStart), "{}");
  page.parent = first.seq;
  page.index = 1;
  page.key = "1@2";
  first.children.push_back(page);
  run_.append(batch(first));
  Verdict second = with_children(done(2, page), 1, {"{}", "{}"});
  run_.append(batch(second, done(3, second.children[0])));
  EXPECT_EQ(rendered(), Keys());
  run_.append(batch(done(4, first.children[0])));
  EXPECT_EQ(rendered(), (Keys{"1/1", "1@2/1"}));
  run_.append(batch(done(5, second.children[1]), done(6, item(0, 1), "{}")));
  EXPECT_EQ(rendered(), (Keys{"1/1", "1@2/1", "1@2/2", "2"}));
}

TEST_F(SourceOrderTest, PagesStandBehindAResultToo) {
  open();
  Verdict first = done(1, item(0, 0), "{}");
  Enrolment page = waiting(item(0, ItemId::kEnrolledStart), "{}");
  page.parent = first.seq;
  page.index = 1;
  page.key = "1@2";
  first.children.push_back(page);
  run_.append(batch(first, done(2, item(0, 1), "{}")));
  EXPECT_EQ(rendered(), Keys{"1"}) << "the second item waits for the page";
  Verdict second = done(3, page);
  Enrolment last = page;
  last.item = item(0, ItemId::kEnrolledStart + 1);
  last.parent = second.seq;
  last.key = "1@3";
  second.children.push_back(last);
  run_.append(batch(second));
  EXPECT_EQ(rendered(), (Keys{"1", "1@2"}));
  run_.append(batch(done(4, last)));
  EXPECT_EQ(rendered(), (Keys{"1", "1@2", "1@3", "2"}));
}

TEST_F(SourceOrderTest, AnotherOrderWritesTheFileAnew) {
  run_.options.order = RecordOrder::settled;
  open();
  run_.append(batch(done(1, item(0, 1), "{}"), done(2, item(0, 0), "{}")));
  EXPECT_EQ(rendered(), (Keys{"2", "1"}));
  run_.options.order = RecordOrder::source;
  run_.close();
  open();
  EXPECT_EQ(rendered(), (Keys{"1", "2"}));
  run_.options.order = RecordOrder::settled;
  run_.close();
  open();
  EXPECT_EQ(rendered(), (Keys{"2", "1"}));
}

TEST_F(SourceOrderTest, ALostFileIsWrittenAnew) {
  open();
  run_.append(batch(done(1, item(0, 1), "{}"), done(2, item(0, 0), "{}")));
  EXPECT_EQ(rendered(), (Keys{"1", "2"}));
  run_.close();
  file_.lines.clear();
  open();
  EXPECT_EQ(rendered(), (Keys{"1", "2"}));
}

TEST_F(SourceOrderTest, OutputsThatAreNotKeptWaitForTheirTurn) {
  open();
  Verdict late = done(1, item(0, 1), "{}", "\"late\"");
  late.keep_output = false;
  run_.append(batch(late));
  run_.close();
  open();
  run_.append(batch(done(2, item(0, 0), "{}", "\"early\"")));
  run_.close();
  EXPECT_EQ(file_.lines, (Keys{"search 1 <> ok  {} \"early\"", "search 2 <> ok  {} \"late\""}));
  EXPECT_TRUE(std::filesystem::is_empty(run_.folder() / "segments"));
}

/// A tree of items that end in any order, with crashes between: the file is the tree, depth first.
void check_random_tree(std::uint64_t seed) {
  Random random(seed);
  LineFile file;
  TempRun run;
  run.options.order = RecordOrder::source;
  run.open(sinks_into(file));
  Keys expected;
  std::vector<Enrolment> open_items;
  std::map<std::string, std::vector<std::string>> children;
  std::map<std::string, std::string> page_of;
  std::uint64_t next_child = 0;
  std::uint64_t seq = 0;
  const std::uint64_t roots = 1 + random.next() % 6;
  for (std::uint64_t i = 0; i < roots; ++i) open_items.push_back(waiting(item(0, i), "{}"));
  while (!open_items.empty()) {
    std::swap(open_items[random.next() % open_items.size()], open_items.back());
    const Enrolment next = open_items.back();
    open_items.pop_back();
    Verdict verdict = done(++seq, next);
    const auto step = static_cast<unsigned>(next.item.step());
    const std::size_t count = step < 2 ? random.next() % 4 : 0;
    if (count > 0) {
      verdict = with_children(verdict, next_child, std::vector<std::string>(count, "{}"));
      next_child += count;
      for (const Enrolment& child : verdict.children) {
        open_items.push_back(child);
        children[shown_key(verdict.item, verdict.key)].push_back(child.key);
      }
    }
    // A page follows, behind children and results alike.
    const std::string key = shown_key(verdict.item, verdict.key);
    if (random.next() % 3 == 0) {
      const unsigned step_of_page = static_cast<unsigned>(next.item.step());
      Enrolment page = waiting(step_of_page == 0 ? item(0, ItemId::kEnrolledStart + next_child)
                                                 : item(step_of_page, next_child),
                               "{}");
      ++next_child;
      page.parent = verdict.seq;
      page.key = key + "@";
      verdict.children.push_back(page);
      open_items.push_back(page);
      page_of[key] = page.key;
    }
    run.append(batch(verdict));
    if (random.next() % 8 == 0) run.open(sinks_into(file));
  }
  const auto walk = [&](const auto& self, const std::string& key) -> void {
    if (children[key].empty()) expected.push_back(key);
    for (const std::string& child : children[key]) self(self, child);
    if (page_of.contains(key)) self(self, page_of[key]);
  };
  for (std::uint64_t i = 0; i < roots; ++i) walk(walk, std::to_string(i + 1));
  run.close();
  EXPECT_EQ(keys_in(file), expected) << "seed " << seed;
}

TEST_F(SourceOrderTest, RandomTreesComeOutDepthFirst) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) check_random_tree(seed);
}

}  // namespace
}  // namespace penstock::ledger

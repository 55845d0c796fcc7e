// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sinks.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sinks/crashes.h"

namespace penstock {
namespace {

using namespace sinks;
namespace fs = std::filesystem;

TestLedger::MakeSink files(const std::string& path, const std::string& content = "") {
  return [path, content](const std::string& folder) {
    return make_files_sink({.folder = folder,
                            .path = path,
                            .content = content,
                            .steps = {"page"},
                            .bodies_folder = folder + "/run/files"});
  };
}

// path=content by file, in order; the sink's own folder is left out.
std::string read_tree(const std::string& folder) {
  std::vector<std::string> found;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::end(entry); ++entry) {
    if (entry->path().filename() == ".penstock") entry.disable_recursion_pending();
    if (!entry->is_regular_file()) continue;
    found.push_back(fs::relative(entry->path(), folder).string() + "=" +
                    read_file(entry->path().string()) + "\n");
  }
  std::sort(found.begin(), found.end());
  std::string text;
  for (const std::string& line : found) text += line;
  return text;
}

Row page(const std::string& key, const std::string& value, const std::string& text) {
  return {.key = key, .value = value, .output = "{\"text\":\"" + text + "\"}"};
}

std::string written(const std::string& path, const std::vector<Row>& rows,
                    const std::string& content = "") {
  TestLedger ledger(files(path, content), rows);
  const auto status = ledger.run();
  EXPECT_TRUE(status) << status.error().message;
  return read_tree(ledger.folder());
}

// Names that collide, a file where a folder should be, a failure, an item that comes again.
std::vector<Row> rows() {
  return {page("1", R"({"t":"a","r":1})", "one"),
          page("2", R"({"t":"a","r":1})", "two"),
          {.key = "3", .value = R"({"t":"a","r":2})", .status = ItemStatus::failed, .kind = "x"},
          page("4", R"({"t":"caf\u00e9/..","r":1})", "four"),
          page("5", R"({"t":"a","r":1})", "five"),
          page("1", R"({"t":"b","r":1})", "one again"),
          page("6", R"({"t":"a","r":1})", "six"),
          page("7", R"({"r":1})", "nameless")};
}

TEST(FilesSink, WritesAFileForEveryOutput) {
  EXPECT_EQ(
      written("texts/{t|slug}/{r|pad:3}.txt", {page("1", R"({"t":"Big Cats","r":7})", "hello"),
                                               page("2", R"({"t":"x","r":8})", "w\\n")}),
      "texts/big-cats/007.txt=hello\ntexts/x/008.txt=w\n\n");
}

TEST(FilesSink, WrittenAnewItKeepsWhatTheLedgerKeepsNoMore) {
  const std::vector<Row> pages = {page("1", R"({"t":"a"})", "one"),
                                  page("2", R"({"t":"b"})", "two"),
                                  page("3", R"({"t":"c"})", "three")};
  TestLedger ledger(files("{t}.txt", ""), pages);
  ASSERT_TRUE(ledger.run());
  SinkCursor cursor = ledger.cursor();
  cursor.length_bytes = SinkCursor::kRewrite;
  auto sink = files("{t}.txt", "")(ledger.folder());
  const auto stands = (*sink)->open(cursor);
  ASSERT_TRUE(stands) << stands.error().message;
  EXPECT_FALSE(*stands);
  const Record unkept{.seq = Seq{1}, .step = "page", .key = "1", .value = R"({"t":"a"})"};
  const Record changed{.seq = Seq{3},
                       .step = "page",
                       .key = "3",
                       .value = R"({"t":"c"})",
                       .output = R"({"text":"new"})"};
  ASSERT_TRUE((*sink)->write(unkept));
  ASSERT_TRUE((*sink)->write(changed));
  ASSERT_TRUE((*sink)->sync());
  EXPECT_EQ(read_tree(ledger.folder()), "a.txt=one\nc.txt=new\n");
}

TEST(FilesSink, WritesNoFileWithoutOutput) {
  EXPECT_EQ(written("{key}", {{.key = "1", .status = ItemStatus::failed, .kind = "http.404"},
                              {.key = "2", .status = ItemStatus::empty},
                              {.key = "3", .output = "{\"text\":\"x\"}", .step = "search"}}),
            "");
}

TEST(FilesSink, GivesEqualNamesToNoTwoItems) {
  const std::string tree =
      written("{t}.txt", {page("1", R"({"t":"a"})", "one"), page("2", R"({"t":"a"})", "two"),
                          page("3", R"({"t":"a"})", "three")});
  EXPECT_EQ(std::count(tree.begin(), tree.end(), '\n'), 3);
  EXPECT_NE(tree.find("a.txt=one"), std::string::npos);
  EXPECT_NE(tree.find("=two"), std::string::npos);
  EXPECT_NE(tree.find("=three"), std::string::npos);
}

TEST(FilesSink, KeepsHostileNamesInItsFolder) {
  const std::string tree = written(
      "texts/{t}",
      {page("1", R"({"t":"../../etc/passwd"})", "1"), page("2", R"({"t":".."})", "2"),
       page("3", R"({"t":"/x"})", "3"), page("4", R"({"t":".bashrc"})", "4"),
       page("5", R"({"t":"a\u0000b"})", "5"), page("6", R"({"t":"caf\u00e9 \u65e5\u672c"})", "6"),
       page("7", R"({"t":".penstock"})", "7")});
  EXPECT_EQ(std::count(tree.begin(), tree.end(), '\n'), 7) << tree;
  for (std::size_t at = 0; at < tree.size(); at = tree.find('\n', at) + 1) {
    EXPECT_EQ(tree.compare(at, 6, "texts/"), 0) << tree.substr(at);
  }
  EXPECT_NE(tree.find("texts/caf\xC3\xA9 \xE6\x97\xA5\xE6\x9C\xAC=6"), std::string::npos);
}

TEST(FilesSink, FindsAPlaceWhereAFileOrALinkStandsInTheWay) {
  TestLedger ledger(files("{t}/{r}"), {page("1", R"({"t":"x","r":1})", "one")});
  std::ofstream(ledger.path("x")) << "mine";
  ASSERT_TRUE(ledger.run());
  const std::string tree = read_tree(ledger.folder());
  EXPECT_NE(tree.find("x=mine"), std::string::npos);
  EXPECT_NE(tree.find("/1=one"), std::string::npos);

  TestLedger linked(files("{t}/{r}"), {page("1", R"({"t":"x","r":1})", "one")});
  auto elsewhere = os::TempFolder::create(fs::temp_directory_path());
  fs::create_directory_symlink(elsewhere->path(), linked.path("x"));
  ASSERT_TRUE(linked.run());
  EXPECT_TRUE(fs::is_empty(elsewhere->path()));
}

TEST(FilesSink, MakesNoFolderOfAFileToCome) {
  const std::string tree = written("{t}", {page("1", R"({"t":"x"})", "one")}) +
                           written("{t}/{r}", {page("1", R"({"t":"x","r":1})", "one")});
  EXPECT_EQ(tree, "x=one\nx/1=one\n");
}

TEST(FilesSink, NeverTouchesAStrangersFile) {
  TestLedger ledger(files("texts/{t}.txt"), {page("1", R"({"t":"a"})", "one")});
  fs::create_directories(ledger.path("texts"));
  std::ofstream(ledger.path("texts/a.txt")) << "precious";
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(read_file(ledger.path("texts/a.txt")), "precious");
  EXPECT_NE(read_tree(ledger.folder()).find("=one"), std::string::npos);
}

TEST(FilesSink, NeverTouchesTheFilesOfAnotherRun) {
  TestLedger ledger(files("{t}"), {page("1", R"({"t":"a"})", "one")});
  ASSERT_TRUE(ledger.run());
  ledger.store({});
  const auto status = ledger.run();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, "output.foreign");
  EXPECT_EQ(read_tree(ledger.folder()), "a=one\n");
}

TEST(FilesSink, FollowsAnItemThatComesAgain) {
  EXPECT_EQ(written("{t}", {page("1", R"({"t":"a"})", "old"), page("1", R"({"t":"b"})", "new"),
                            page("2", R"({"t":"a"})", "other")}),
            "a=other\nb=new\n");
  EXPECT_EQ(written("{t}", {page("1", R"({"t":"a"})", "old"),
                            {.key = "1", .status = ItemStatus::failed, .kind = "x"}}),
            "");
  EXPECT_EQ(
      written("{t}", {page("1", R"({"t":"a"})", "old"),
                      {.key = "1", .status = ItemStatus::skipped, .kind = "input.duplicate_key"}}),
      "a=old\n");
}

TEST(FilesSink, WritesWhatATemplateSays) {
  EXPECT_EQ(written("{key}.md", {page("1", R"({"t":"a"})", "hello"), {.key = "2", .output = "{}"}},
                    "# {t}\n{page.text}"),
            "1.md=# a\nhello\n");
}

TEST(FilesSink, TakesBodiesFromTheRunAlone) {
  const auto body = [](const std::string& key, const std::string& path) {
    return Row{.key = key, .output = "{\"file\":\"" + path + "\"}"};
  };
  TestLedger ledger(files("out/{key}"), {body("1", "/x/files/7"), body("2", "/etc/passwd")});
  fs::create_directories(ledger.path("run/files"));
  std::ofstream(ledger.path("run/files/7")) << "bytes";
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(read_file(ledger.path("out/1")), "bytes");
  EXPECT_EQ(read_file(ledger.path("out/2")), "{\"file\":\"/etc/passwd\"}");
}

TEST(FilesSink, IsTheSameAfterEveryCrash) {
  check_every_crash(files("texts/{t}/{r}.txt"), rows(), read_tree);
}

// The index knew the names when the run died, the folder did not.
TEST(FilesSink, IsTheSameAfterACrashBeforeNamesWereGiven) {
  TestLedger ledger(files("{t}"),
                    {page("1", R"({"t":"a"})", "one"), page("2", R"({"t":"a"})", "two"),
                     page("3", R"({"t":"b"})", "three")});
  ASSERT_TRUE(ledger.run());
  const std::string expected = read_tree(ledger.folder());
  for (const auto& entry : fs::directory_iterator(ledger.folder())) {
    if (entry.is_regular_file() && entry.path().filename() != "a") fs::remove(entry.path());
  }
  ledger.store({.seq = 1, .inode = ledger.cursor().inode});
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(read_tree(ledger.folder()), expected);
}

TEST(FilesSink, IsTheSameAfterItsFolderWasLost) {
  check_every_crash(files("texts/{t}/{r}.txt"), rows(), read_tree,
                    [](const std::string& folder) { fs::remove_all(folder + "/texts"); });
}

TEST(FilesSink, RemovesWhatTheLedgerHasNoMore) {
  TestLedger ledger(files("{t}"), {page("1", R"({"t":"a"})", "1"), page("2", R"({"t":"b"})", "2")});
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(read_tree(ledger.folder()), "a=1\nb=2\n");
  auto again = files("{t}")(ledger.folder());
  ASSERT_TRUE(*(*again)->open({.seq = 0, .inode = ledger.cursor().inode}));
  ASSERT_TRUE((*again)->sync());
  EXPECT_EQ(read_tree(ledger.folder()), "");
}

TEST(FilesSink, LeavesNoTemporaryFile) {
  TestLedger ledger(files("{t}"), rows());
  ASSERT_TRUE(ledger.run());
  for (const auto& entry : fs::directory_iterator(ledger.path(".penstock"))) {
    EXPECT_EQ(entry.path().filename().string().substr(0, 8), "names.db");
  }
}

TEST(FilesSink, RefusesWhatIsNoPath) {
  for (const char* path : {"", "texts/", "{t}//a", "texts/{t}/", ".penstock/{t}", "{t"}) {
    EXPECT_FALSE(make_files_sink({.folder = ".", .path = path})) << path;
  }
}

}  // namespace
}  // namespace penstock

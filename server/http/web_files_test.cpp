#include "http/web_files.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "accounts/test_directory.hpp"
#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

using testing::HasSubstr;
using testing::Not;

void write_file(const std::string& path, const std::string& data) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << data;
}

// A build as Vite leaves it, beside something that is nobody's business.
struct built {
  built() {
    write_file(directory.path("secret.txt"), "secret");
    write_file(root + "/index.html", "<!doctype html><title>App</title>");
    write_file(root + "/sw.js", "// worker");
    write_file(root + "/manifest.webmanifest", "{}");
    write_file(root + "/assets/index-D-4kXb9_.js", "let plain;");
    write_file(root + "/assets/index-D-4kXb9_.js.br", "BR");
    write_file(root + "/assets/index-D-4kXb9_.js.gz", "GZ");
    write_file(root + "/assets/logo.svg", "<svg/>");
    write_file(root + "/archive.gz", "alone");
    write_file(root + "/.hidden/x.js", "x");
    write_file(root + "/.env", "x");
    std::filesystem::create_symlink(directory.path("secret.txt"), root + "/link.txt");
    std::filesystem::create_directory_symlink(directory.path(), root + "/up");
  }
  test_directory directory;
  std::string root = directory.path("dist");
};

class WebFiles : public HttpServer {
 protected:
  WebFiles() {
    const auto loaded = web_files::load(app.root);
    EXPECT_TRUE(loaded) << loaded.error().text;
    on_thread([&] { with.files = *loaded; });
  }
  static std::string header(const std::string& answer, const std::string& name) {
    const auto at = answer.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto from = at + name.size() + 4;
    return answer.substr(from, answer.find("\r\n", from) - from);
  }
  built app;
};

TEST_F(WebFiles, ThePageIsServedWithWhatItMayDo) {
  for (const auto* path : {"/", "/index.html", "/?x=1"}) {
    const auto answer = get(path);
    ASSERT_EQ(status_of(answer), 200) << path;
    EXPECT_EQ(header(answer, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(header(answer, "Cache-Control"), "no-cache");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(answer, "Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_THAT(header(answer, "Permissions-Policy"), HasSubstr("microphone=()"));
    const auto csp = header(answer, "Content-Security-Policy");
    for (const auto* part :
         {"script-src 'self';", "base-uri 'none';", "frame-ancestors 'none';", "require-trusted-types-for 'script'"}) {
      EXPECT_THAT(csp, HasSubstr(part));
    }
    EXPECT_THAT(csp, Not(HasSubstr("unsafe")));
  }
}

TEST_F(WebFiles, WhatHasAHashInItsNameIsKeptForEver) {
  EXPECT_EQ(header(get("/assets/index-D-4kXb9_.js"), "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(get("/assets/logo.svg"), "Cache-Control"), "no-cache");
  EXPECT_EQ(header(get("/sw.js"), "Cache-Control"), "no-cache");
}

TEST_F(WebFiles, WorkersHaveTheAppsPolicyAndPicturesHaveNone) {
  EXPECT_THAT(header(get("/sw.js"), "Content-Security-Policy"), HasSubstr("connect-src 'self';"));
  EXPECT_EQ(header(get("/assets/logo.svg"), "Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(header(get("/manifest.webmanifest"), "Content-Type"), "application/manifest+json");
}

TEST_F(WebFiles, TheBestCodingThatTheBrowserTakesIsSent) {
  const std::string path = "/assets/index-D-4kXb9_.js";
  const auto with_coding = [&](const std::string& accepted) {
    const auto answer = get(path, accepted.empty() ? "" : "Accept-Encoding: " + accepted + "\r\n");
    EXPECT_EQ(header(answer, "Vary"), "Accept-Encoding");
    return header(answer, "Content-Encoding") + " " + body_of(answer);
  };
  EXPECT_EQ(with_coding("gzip, deflate, br"), "br BR");
  EXPECT_EQ(with_coding("gzip"), "gzip GZ");
  EXPECT_EQ(with_coding("br;q=0, gzip;q=0.5"), "gzip GZ");
  EXPECT_EQ(with_coding(""), " let plain;");
  EXPECT_EQ(body_of(get("/archive.gz")), "alone");
  EXPECT_EQ(status_of(get(path + ".br")), 404);
}

TEST_F(WebFiles, WhoHasAFileIsNotSentItAgain) {
  const auto first = get("/");
  const auto tag = header(first, "ETag");
  const auto again = get("/", "If-None-Match: \"x\", W/" + tag + "\r\n");
  EXPECT_EQ(status_of(again), 304);
  EXPECT_EQ(body_of(again), "");
  EXPECT_EQ(header(again, "ETag"), tag);
  EXPECT_EQ(header(again, "Cache-Control"), "no-cache");
  EXPECT_NE(header(get("/sw.js"), "ETag"), tag);
  const auto zipped = get("/assets/index-D-4kXb9_.js", "Accept-Encoding: br\r\n");
  EXPECT_NE(header(zipped, "ETag"), header(get("/assets/index-D-4kXb9_.js"), "ETag"));
}

TEST_F(WebFiles, NothingElseIsThere) {
  for (const auto* path :
       {"/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt",
        "/link.txt", "/up/secret.txt", "/.env", "/.hidden/x.js", "//index.html", "/index.html/", "/assets", "/assets/",
        "/index.html%00", "/assets%2findex-D-4kXb9_.js/x", "/\\index.html"}) {
    const auto answer = get(path);
    EXPECT_EQ(status_of(answer), 404) << path;
    EXPECT_THAT(answer, Not(HasSubstr("secret\n"))) << path;
  }
}

TEST_F(WebFiles, OtherMethodsAreToldWhichAreRight) {
  test_client client(port);
  client.send("POST /index.html HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nxHEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto post = client.answer();
  EXPECT_EQ(status_of(post), 405);
  EXPECT_EQ(header(post, "Allow"), "GET, HEAD, OPTIONS");
  const auto head = client.answer(true);
  EXPECT_EQ(status_of(head), 200);
  EXPECT_EQ(header(head, "Content-Length"), "33");
}

TEST_F(WebFiles, TheApiComesBeforeFiles) {
  write_file(app.root + "/healthz", "file");
  const auto loaded = web_files::load(app.root);
  ASSERT_TRUE(loaded);
  on_thread([&] { with.files = *loaded; });
  EXPECT_EQ(body_of(get("/healthz")), R"({"status":"ok"})");
}

TEST(WebFilesLoad, NeedsAnIndexAndIsBounded) {
  const test_directory directory;
  const auto root = directory.path("dist");
  EXPECT_THAT(web_files::load(root).error().text, HasSubstr("cannot be read"));
  write_file(root + "/x.js", "x");
  EXPECT_THAT(web_files::load(root).error().text, HasSubstr("no index.html"));
  write_file(root + "/index.html", "");
  EXPECT_EQ((*web_files::load(root))->size(), 2U);
  std::filesystem::resize_file(root + "/x.js", web_files::max_bytes + 1);
  EXPECT_THAT(web_files::load(root).error().text, HasSubstr("64 MiB"));
}

}  // namespace
}  // namespace dunlin::http

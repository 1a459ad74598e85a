#include "builtin/file_answer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/conditional.hpp"
#include "http/http_date.hpp"
#include "http/problem.hpp"

namespace plughost::builtin {
namespace {

using http::ByteRange;
using http::HeaderLines;
using http::Precondition;

constexpr std::size_t kReadHere = 16 * 1024;
constexpr std::uint64_t kReadAhead = 2 * 1024 * 1024;

void append_hex(std::string& out, std::uint64_t number) {
  std::array<char, 16> digits;
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr);
}

std::string make_tag(const struct stat& info, std::string_view coding) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  std::string tag = "\"";
  append_hex(tag, static_cast<std::uint64_t>(info.st_mtim.tv_sec) * kNanoseconds +
                      static_cast<std::uint64_t>(info.st_mtim.tv_nsec));
  tag += '-';
  append_hex(tag, static_cast<std::uint64_t>(info.st_size));
  if (!coding.empty()) tag.append("-").append(coding);
  return tag += '"';
}

void close_file(void* fd) noexcept {
  FileDescriptor(static_cast<int>(reinterpret_cast<std::intptr_t>(fd)));
}

dispatch::Release closing(FileDescriptor fd) {
  return {close_file, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd.release()))};
}

void read_exactly(int fd, std::uint64_t offset, char* out, std::size_t size) {
  for (std::size_t done = 0; done < size;) {
    const auto got = ::pread(fd, out + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "cannot read it");
    if (got == 0) throw std::runtime_error("it became shorter while it was read");
    done += static_cast<std::size_t>(got);
  }
}

/// One answer in the making.
class FileAnswer final {
 public:
  FileAnswer(dispatch::Responder& responder, const dispatch::Request& request,
             const FileTraits& traits)
      : responder_(responder), request_(request), traits_(traits) {}

  void give(OpenFile file) {
    const std::string tag = make_tag(file.info, traits_.coding);
    const std::time_t now = std::time(nullptr);
    const http::Validators validators{tag, file.info.st_mtim.tv_sec};
    add_validators(validators, now);
    const Precondition verdict = check_preconditions(request_.message, validators, now);
    if (verdict == Precondition::not_modified) return respond(304);
    if (verdict == Precondition::failed) return refuse(412, "The file is not that version.");
    const auto size = static_cast<std::uint64_t>(file.info.st_size);
    const ByteRange range = select_range(request_.message, size, validators, now);
    if (range.kind == ByteRange::Kind::unsatisfiable) return refuse_range(size);
    add_content(range, size);
    if (range.kind == ByteRange::Kind::whole) return send(200, std::move(file.fd), 0, size);
    send(206, std::move(file.fd), range.first, range.length);
  }

 private:
  void add_validators(const http::Validators& validators, std::time_t now) {
    headers_.append("etag", validators.etag);
    headers_.append("last-modified", http::format_date(std::min(validators.last_modified, now)));
    if (!traits_.cache_control.empty()) headers_.append("cache-control", traits_.cache_control);
    if (traits_.negotiated) headers_.append("vary", "accept-encoding");
  }

  void add_content(const ByteRange& range, std::uint64_t size) {
    headers_.append("accept-ranges", "bytes");
    headers_.append("content-type", traits_.media_type);
    headers_.append("x-content-type-options", "nosniff");
    if (!traits_.coding.empty()) headers_.append("content-encoding", traits_.coding);
    if (range.kind != ByteRange::Kind::part) return;
    headers_.append("content-range", "bytes " + std::to_string(range.first) + '-' +
                                         std::to_string(range.first + range.length - 1) + '/' +
                                         std::to_string(size));
  }

  void send(unsigned status, FileDescriptor fd, std::uint64_t offset, std::uint64_t length) {
    if (length <= kReadHere && request_.message.method != "HEAD") {
      std::array<char, kReadHere> bytes;
      read_exactly(fd.get(), offset, bytes.data(), length);
      return respond(status, {bytes.data(), length});
    }
    // So that the I/O thread, which sends it, need not wait for the disk.
    ::posix_fadvise(fd.get(), static_cast<off_t>(offset),
                    static_cast<off_t>(std::min(length, kReadAhead)), POSIX_FADV_WILLNEED);
    const dispatch::FilePart part{fd.get(), offset, length};
    responder_.respond(request_.token(), {status, headers_, "", closing(std::move(fd)), part});
  }

  void refuse_range(std::uint64_t size) {
    const std::string all = std::to_string(size);
    refuse(416, "The file has " + all + " bytes; the range begins behind them.", "bytes */" + all);
  }

  void refuse(unsigned status, std::string_view detail, std::string_view content_range = "") {
    headers_.clear();
    headers_.append("content-type", http::kProblemType);
    if (!content_range.empty()) headers_.append("content-range", content_range);
    respond(status,
            http::problem_body(status, detail, request_.message.raw_path, request_.request_id));
  }

  void respond(unsigned status, std::string_view body = "") {
    responder_.respond(request_.token(), {status, headers_, body, {}});
  }

  dispatch::Responder& responder_;
  const dispatch::Request& request_;
  const FileTraits& traits_;
  HeaderLines headers_;
};

}  // namespace

void answer_with_file(dispatch::Responder& responder, const dispatch::Request& request,
                      OpenFile file, const FileTraits& traits) {
  FileAnswer(responder, request, traits).give(std::move(file));
}

}  // namespace plughost::builtin

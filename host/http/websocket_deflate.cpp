#include "http/websocket_deflate.hpp"

#include <zlib.h>

#include <array>

namespace plughost::http::websocket {
namespace {

// A sender leaves these bytes of its flush out, a receiver adds them (sections 7.2.1 and 7.2.2).
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);

constexpr std::size_t kPiece = 16 * 1024;
constexpr int kMemoryLevel = 5;

Bytef* input_of(std::string_view bytes) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

}  // namespace

struct Deflater::Stream {
  ~Stream() { ::deflateEnd(&z); }
  z_stream z{};
};

Deflater::Deflater(int window_bits, bool keep_context)
    : window_bits_(window_bits), keep_context_(keep_context) {}
Deflater::~Deflater() = default;
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;

bool Deflater::compress(std::string_view message, std::string& out) {
  if (stream_ == nullptr) {
    auto stream = std::make_unique<Stream>();
    const int made = ::deflateInit2(&stream->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits_,
                                    kMemoryLevel, Z_DEFAULT_STRATEGY);
    if (made != Z_OK) return false;
    stream_ = std::move(stream);
  }
  std::array<char, kPiece> piece;
  auto& z = stream_->z;
  z.next_in = input_of(message);
  z.avail_in = static_cast<uInt>(message.size());
  do {
    z.next_out = reinterpret_cast<Bytef*>(piece.data());
    z.avail_out = static_cast<uInt>(piece.size());
    ::deflate(&z, Z_SYNC_FLUSH);
    out.append(piece.data(), piece.size() - z.avail_out);
  } while (z.avail_out == 0);
  out.resize(out.size() - kTail.size());
  if (!keep_context_) ::deflateReset(&z);
  return true;
}

struct Inflater::Stream {
  ~Stream() { ::inflateEnd(&z); }
  z_stream z{};
};

Inflater::Inflater(int window_bits, bool keep_context)
    : window_bits_(window_bits), keep_context_(keep_context) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Inflater::Status Inflater::write(std::string_view bytes, std::string& out, std::size_t limit) {
  if (bytes.empty()) return Status::ok;
  got_some_ = true;
  if (stream_ == nullptr) {
    stream_ = std::make_unique<Stream>();
    if (::inflateInit2(&stream_->z, -window_bits_) != Z_OK) return Status::no_memory;
  }
  return run(bytes, out, limit);
}

Inflater::Status Inflater::finish(std::string& out, std::size_t limit) {
  if (!got_some_) return Status::ok;
  if (!at_stream_end_) {
    const std::size_t before = out.size();
    const Status status = write(kTail, out, limit);
    if (status != Status::ok) return status;
    const bool between_blocks = (stream_->z.data_type & 128) != 0;
    // A tail that is data to a stored block was no tail.
    if (!between_blocks || out.size() != before) return Status::invalid;
  }
  got_some_ = at_stream_end_ = false;
  if (!keep_context_) ::inflateReset(&stream_->z);
  return Status::ok;
}

Inflater::Status Inflater::run(std::string_view bytes, std::string& out, std::size_t limit) {
  std::array<char, kPiece> piece;
  auto& z = stream_->z;
  z.next_in = input_of(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());
  bool full = false;
  while (z.avail_in > 0 || full) {
    z.next_out = reinterpret_cast<Bytef*>(piece.data());
    z.avail_out = static_cast<uInt>(piece.size());
    const int result = ::inflate(&z, Z_SYNC_FLUSH);
    if (result == Z_MEM_ERROR) return Status::no_memory;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Status::invalid;
    const std::size_t made = piece.size() - z.avail_out;
    if (made > limit - out.size()) return Status::too_large;
    out.append(piece.data(), made);
    full = z.avail_out == 0;
    at_stream_end_ = result == Z_STREAM_END;
    if (at_stream_end_ && !start_next_stream()) return Status::invalid;
    if (at_stream_end_) full = false;
  }
  return Status::ok;
}

/// A sender may end a message in a block flagged as the last one (section 7.2.3.4): what follows is
/// a new stream that may refer to what came before.
bool Inflater::start_next_stream() {
  std::array<Bytef, 32 * 1024> window;
  uInt size = 0;
  auto& z = stream_->z;
  return ::inflateGetDictionary(&z, window.data(), &size) == Z_OK && ::inflateReset(&z) == Z_OK &&
         ::inflateSetDictionary(&z, window.data(), size) == Z_OK;
}

}  // namespace plughost::http::websocket

#pragma once

#include <zlib.h>
#include <zstd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace plughost::test {

/// What a receiver makes of bytes so far; is_whole: the coding says that they end there.
struct Decoded {
  std::string bytes;
  bool is_whole = false;
};

inline Decoded gunzip(std::string_view bytes) {
  constexpr int kGzip = 16 + MAX_WBITS;
  z_stream stream{};
  if (::inflateInit2(&stream, kGzip) != Z_OK) throw std::runtime_error("no memory");
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  Decoded decoded;
  int result = Z_OK;
  while (result == Z_OK) {
    std::array<char, 4096> piece;
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    result = ::inflate(&stream, Z_SYNC_FLUSH);
    decoded.bytes.append(piece.data(), piece.size() - stream.avail_out);
  }
  decoded.is_whole = result == Z_STREAM_END && stream.avail_in == 0;
  ::inflateEnd(&stream);
  if (result != Z_STREAM_END && result != Z_BUF_ERROR) throw std::runtime_error("not gzip");
  return decoded;
}

inline Decoded unzstd(std::string_view bytes) {
  ZSTD_DCtx* const context = ::ZSTD_createDCtx();
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  Decoded decoded;
  for (bool more = true; more;) {
    std::array<char, 4096> piece;
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    const std::size_t left = ::ZSTD_decompressStream(context, &output, &input);
    if (::ZSTD_isError(left) != 0) throw std::runtime_error(::ZSTD_getErrorName(left));
    decoded.bytes.append(piece.data(), output.pos);
    decoded.is_whole = left == 0 && input.pos == input.size;
    more = input.pos < input.size || output.pos == output.size;
  }
  ::ZSTD_freeDCtx(context);
  return decoded;
}

inline Decoded decode(std::string_view coding, std::string_view bytes) {
  return coding == "zstd" ? unzstd(bytes) : gunzip(bytes);
}

}  // namespace plughost::test

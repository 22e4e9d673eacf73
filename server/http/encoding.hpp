// What the reading endpoints answer with, as JSON and as protobuf (docs/protocol.md). Ids are base32 text in JSON,
// 256-bit hashes of pictures too, bodies base64; a record's kind and urgency are the numbers of proto/dunlin/v1.
#pragma once

#include <array>
#include <string>

#include "accounts/profiles.hpp"
#include "base/bytes.hpp"
#include "engine/control.hpp"

namespace dunlin::http {

// Of one answer's records: what is beyond is left out, and the client asks on from the last one it got.
inline constexpr std::size_t max_record_bytes = 4 << 20;

std::string records_json(stream_id conversation, const engine::records_answer& answer);
// dunlin.v1.Records.
std::string records_protobuf(const engine::records_answer& answer);

std::string members_json(const engine::members_answer& answer);

std::string profile_json(const accounts::profile& p);
// As its own devices see it.
std::string own_profile_json(const accounts::profile& p);
std::string profiles_json(const std::vector<accounts::profile>& all);
// The object that was kept stands in it as it was put.
std::string settings_json(const accounts::settings& kept);

using data_id = std::array<std::uint8_t, 16>;
// `own` is of no earlier moment than `answer`.
std::string state_json(const accounts::identity& who, const data_id& data, const engine::state_answer& answer,
                       const accounts::profiles::own& own);

}  // namespace dunlin::http

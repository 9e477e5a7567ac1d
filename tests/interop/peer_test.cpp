// SPDX-License-Identifier: MIT
// The independent peer against itself: what the tests with the library rely on.
#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

using PeerTest = StyleTest;

TEST_P(PeerTest, OldReaderAndOldWriterExchangeFrames) {
    Peer reader(GetParam());
    Peer writer(GetParam());
    ASSERT_EQ(reader.ask(create_command(2048)).status(), "ok");
    ASSERT_EQ(writer.ask("connect " + name_).status(), "ok");
    writer.ask("set tail avoid");
    writer.ask("set early 20");
    reader.send("receive 5000 seed=7 hold=2");
    const Reply sent = writer.ask("send 5000 1 400 seed=7");
    const Reply received = reader.answer();
    EXPECT_EQ(sent.status(), "ok");
    EXPECT_EQ(received.status(), "ok");
    EXPECT_EQ(received.number("frames"), 5000U);
    EXPECT_EQ(received.number("markers"), sent.number("markers"));
    if (std::string(GetParam()) == "py") {
        reader.ask("close");
        bury();  // the Python reader leaves its semaphores
    }
}

INSTANTIATE_TEST_SUITE_P(Styles, PeerTest, every_style(), style_name);

using PeerDefects = InteropTest;

TEST_F(PeerDefects, StaleShortTailEndsAnOldStream) {
    Peer reader;
    Peer writer;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    for (const char* size : {"240", "229"}) {  // fills the ring, then all but 11 bytes of it
        ASSERT_TRUE(ok(writer.ask(std::string("write ") + size)));
        ASSERT_TRUE(ok(reader.ask("read")));
        ASSERT_TRUE(ok(reader.ask("release")));
    }
    ASSERT_TRUE(ok(writer.ask("write 10")));
    EXPECT_EQ(reader.ask("read").status(), "short-tail");
}

TEST_F(PeerDefects, RestartedOldWriterEndsAnOldStream) {
    Peer reader;
    Peer writer;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 10")));
    ASSERT_TRUE(ok(writer.ask("disconnect")));
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 10")));
    ASSERT_TRUE(ok(reader.ask("read")));
    EXPECT_EQ(reader.ask("read").status(), "sequence");
}

TEST_F(PeerDefects, OldWriterStrandsItselfOnABufferWithoutSemaphores) {
    Peer reader;
    Peer writer;
    ASSERT_TRUE(ok(reader.ask(create_command(256) + " until=block")));
    EXPECT_EQ(writer.ask("connect " + name_).status(), "no-semaphore");
    ASSERT_TRUE(ok(reader.ask("finish")));
    EXPECT_EQ(writer.ask("connect " + name_).status(), "writer-connected");
}

}  // namespace
}  // namespace zerobuffer::interop

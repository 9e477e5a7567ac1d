// SPDX-License-Identifier: MIT
// clean() over buffers of v1 peers. It sweeps the whole system, so these tests run alone.
#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

using CleanTest = InteropTest;

TEST_F(CleanTest, RemovesWhatADeadReaderLeft) {
    {
        Peer dead;
        ASSERT_TRUE(ok(dead.ask(create_command(256))));
        dead.kill();
    }
    EXPECT_THAT(clean(true), Contains(name_));
    EXPECT_THAT(files_of(name_), testing::SizeIs(4));
    EXPECT_THAT(clean(), Contains(name_));
    EXPECT_THAT(files_of(name_), IsEmpty());
}

TEST_F(CleanTest, RemovesWhatADeadCreatorLeftHalfBuilt) {
    for (const char* stage : {"empty", "zero", "sizes", "block", "half"}) {
        {
            Peer dead;
            ASSERT_TRUE(ok(dead.ask(create_command(256) + " until=" + stage)));
            dead.kill();
        }
        EXPECT_THAT(clean(), Contains(name_)) << stage;
        EXPECT_THAT(files_of(name_), IsEmpty()) << stage;
    }
}

TEST_F(CleanTest, RemovesTheSemaphoresOfAPythonReader) {
    {
        Peer python("py");
        ASSERT_TRUE(ok(python.ask(create_command(256))));
        python.ask("close");
    }
    EXPECT_THAT(clean(), Contains(name_));
    EXPECT_THAT(files_of(name_), IsEmpty());
}

TEST_F(CleanTest, LeavesTheLivingAlone) {
    for (const char* style : {"cpp", "cs", "py"}) {
        Peer alive(style);
        ASSERT_TRUE(ok(alive.ask(create_command(256))));
        EXPECT_THAT(clean(), Not(Contains(name_))) << style;
        EXPECT_THAT(files_of(name_), testing::SizeIs(4)) << style;
        alive.ask("close");
        bury();  // the Python reader leaves its semaphores
    }
}

TEST_F(CleanTest, LeavesABufferOfOurOwnAlone) {
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_THAT(clean(), Not(Contains(name_)));
    EXPECT_THAT(files_of(name_), testing::SizeIs(5));
}

TEST_F(CleanTest, LeavesALiveCreatorAlone) {
    Peer creator;
    for (const char* stage : {"empty", "zero", "sizes", "block", "half"}) {
        ASSERT_TRUE(ok(creator.ask(create_command(256) + " until=" + stage)));
        EXPECT_THAT(clean(), Not(Contains(name_))) << stage;
        EXPECT_TRUE(ok(creator.ask("finish"))) << stage;
        creator.ask("close");
    }
}

}  // namespace
}  // namespace zerobuffer::interop

package io.buildkit4j.worker.cachemount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.llb.ExecMount.CacheSharing;
import io.buildkit4j.store.UsageRecord;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CacheMountsTest {
    @TempDir
    Path folder;

    private CacheMounts mounts;

    @BeforeEach
    void open() {
        mounts = CacheMounts.open(folder);
    }

    private CacheMounts.Held take(String id, CacheSharing sharing) throws InterruptedException {
        return mounts.take(new CacheMounts.Wanted(id, "", sharing, "cache " + id), directory -> {});
    }

    @Test
    void sharedOnesAreOneDirectory() throws InterruptedException {
        try (CacheMounts.Held one = take("id", CacheSharing.SHARED);
                CacheMounts.Held two = take("id", CacheSharing.SHARED);
                CacheMounts.Held other = take("other", CacheSharing.SHARED)) {
            assertThat(two.path()).isEqualTo(one.path());
            assertThat(other.path()).isNotEqualTo(one.path());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSharedOneThatIsBeingMadeIsWaitedFor(boolean fails) throws InterruptedException {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        CacheMounts.Wanted wanted = new CacheMounts.Wanted("id", "", CacheSharing.SHARED, "cache");
        try (TaskScope scope = TaskScope.open("shared")) {
            TaskScope.Task<Path> maker = scope.fork(() -> {
                try (CacheMounts.Held held = mounts.take(wanted, directory -> {
                    making.countDown();
                    waiting.await();
                    Thread.sleep(20); // the other is on its way to the wait; earlier or later, it must get this one
                    if (fails) {
                        throw new WorkerFault(Kind.UNKNOWN, "no seed");
                    }
                })) {
                    return held.path();
                } catch (WorkerFault failed) {
                    return folder;
                }
            });
            making.await();
            waiting.countDown();
            try (CacheMounts.Held held = mounts.take(wanted, directory -> {})) {
                scope.join();
                assertThat(held.path()).isDirectory();
                assertThat(maker.value()).isEqualTo(fails ? folder : held.path());
                assertThat(mounts.usage()).hasSize(1);
            }
        }
    }

    @Test
    void privateOnesAreTheirUsersAloneAndAreUsedAgain() throws InterruptedException {
        List<Path> paths;
        try (CacheMounts.Held one = take("id", CacheSharing.PRIVATE);
                CacheMounts.Held two = take("id", CacheSharing.PRIVATE)) {
            assertThat(two.path()).isNotEqualTo(one.path());
            paths = List.of(one.path(), two.path());
        }
        try (CacheMounts.Held again = take("id", CacheSharing.PRIVATE)) {
            assertThat(paths).contains(again.path());
            assertThat(mounts.usage()).hasSize(2);
        }
    }

    @Test
    void whoWantsALockedOneWaits() throws InterruptedException {
        CacheMounts.Held one = take("id", CacheSharing.LOCKED);
        CountDownLatch waiting = new CountDownLatch(1);
        try (TaskScope scope = TaskScope.open("locked")) {
            TaskScope.Task<Path> two = scope.fork(() -> {
                waiting.countDown();
                try (CacheMounts.Held held = take("id", CacheSharing.LOCKED)) {
                    Files.createFile(held.path().resolve("mine"));
                    return held.path();
                }
            });
            waiting.await();
            assertThat(one.path().resolve("mine")).doesNotExist();
            one.close();
            scope.join();
            assertThat(two.value()).isEqualTo(one.path());
        }
    }

    @Test
    void anInterruptEndsTheWait() throws InterruptedException {
        try (CacheMounts.Held one = take("id", CacheSharing.LOCKED)) {
            try (TaskScope scope = TaskScope.open("interrupted")) {
                scope.fork(() -> take("id", CacheSharing.LOCKED));
            }
            assertThat(one.path()).isDirectory();
            assertThat(mounts.usage())
                    .singleElement()
                    .satisfies(record -> assertThat(record.inUse()).isTrue());
        }
    }

    @Test
    void contentStaysAndWhatWasHalfMadeGoes() throws IOException, InterruptedException {
        try (CacheMounts.Held held = mounts.take(
                new CacheMounts.Wanted("id", "", CacheSharing.SHARED, "shown"),
                directory -> write(directory.resolve("seed")))) {
            Files.writeString(held.path().resolve("more"), "x");
        }
        Files.createDirectories(folder.resolve("0123-0/fs"));
        CacheMounts again = CacheMounts.open(folder);
        assertThat(folder.resolve("0123-0")).doesNotExist();
        try (CacheMounts.Held held = again.take(
                new CacheMounts.Wanted("id", "", CacheSharing.SHARED, "shown"),
                directory -> write(directory.resolve("twice")))) {
            assertThat(held.path()).isDirectoryContaining("glob:**seed").isDirectoryContaining("glob:**more");
            assertThat(held.path().resolve("twice")).doesNotExist();
        }
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "seed");
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void aSeedThatFailsLeavesNothing() throws InterruptedException {
        CacheMounts.Wanted wanted = new CacheMounts.Wanted("id", "", CacheSharing.LOCKED, "shown");
        assertThatThrownBy(() -> mounts.take(wanted, directory -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(mounts.usage()).isEmpty();
        take("id", CacheSharing.LOCKED).close();
        assertThat(mounts.usage()).hasSize(1);
    }

    @Test
    void usageIsToldAndWhatIsNotUsedCanBeRemoved() throws InterruptedException {
        CacheMounts.Held held = take("id", CacheSharing.SHARED);
        List<UsageRecord> used = mounts.usage();
        assertThat(used).singleElement().satisfies(record -> {
            assertThat(record.inUse()).isTrue();
            assertThat(record.mutable()).isTrue();
            assertThat(record.description().text()).isEqualTo("cache id");
        });
        assertThat(mounts.remove(used.getFirst().id())).isEmpty();
        held.close();
        assertThat(mounts.remove(used.getFirst().id())).isPresent();
        assertThat(mounts.usage()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }
}

package io.buildkit4j.store.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.store.StoreFault;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private static final long MIB = 1 << 20;

    private final Budget budget = new Budget();

    /** So many bytes, of which some can be freed. */
    private final class Disk implements Budget.Limit {
        private final long size;
        private final AtomicLong freeable;

        Disk(long size, long freeable) {
            this.size = size;
            this.freeable = new AtomicLong(freeable);
        }

        @Override
        public boolean holds() {
            return budget.promised() + freeable.get() <= size;
        }

        @Override
        public void prepare() {
            freeable.set(0);
        }

        @Override
        public void enforce() {
            prepare();
            if (!holds()) {
                throw new StoreFault(Kind.RESOURCE_EXHAUSTED, "full");
            }
        }
    }

    @Test
    void promisesGrowWithWhatIsWrittenAndEndWithTheirWriter() {
        try (Reservation room = budget.reserve()) {
            room.spend(10);
            assertThat(budget.promised()).isBetween(10L, MIB);
            long small = budget.promised();
            for (int i = 0; i < 1000; i++) {
                room.spend(10);
            }
            assertThat(budget.promised()).isEqualTo(small);
            room.spend(100 * MIB);
            assertThat(budget.promised()).isBetween(100 * MIB, 120 * MIB);
            room.found(150 * MIB);
            assertThat(room.held()).isEqualTo(150 * MIB);
            room.found(20 * MIB);
            assertThat(room.held()).isEqualTo(150 * MIB);
        }
        assertThat(budget.promised()).isZero();
    }

    @Test
    void whatDoesNotFitMakesRoomOrIsRefusedBeforeItIsWritten() throws InterruptedException {
        budget.limit(new Disk(100 * MIB, 80 * MIB), 0);
        try (Reservation room = budget.reserve();
                Reservation other = budget.reserve()) {
            room.expect(60 * MIB);
            assertThatThrownBy(() -> other.expect(60 * MIB))
                    .isInstanceOfSatisfying(
                            Fault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED));
            assertThat(budget.promised()).isEqualTo(60 * MIB);
            other.expect(40 * MIB);
        }
        assertThat(budget.promised()).isZero();
    }

    @Test
    void whileProcessesWriteSomeIsPromisedAhead() throws InterruptedException {
        budget.limit(new Disk(100 * MIB, 0), 25 * MIB);
        try (Reservation room = budget.reserve();
                Reservation other = budget.reserve()) {
            room.foreignBegins();
            other.foreignBegins();
            assertThat(budget.promised()).isEqualTo(25 * MIB);
            assertThat(budget.asked()).isZero();
            assertThatThrownBy(() -> other.expect(80 * MIB)).isInstanceOf(StoreFault.class);
        }
        assertThat(budget.promised()).isZero();
    }

    @Test
    void manyWritersNeverGetMoreThanThereIs() throws InterruptedException {
        long size = 64 * MIB;
        budget.limit(new Disk(size, 0), 0);
        AtomicLong written = new AtomicLong();
        AtomicLong most = new AtomicLong();
        try (TaskScope scope = TaskScope.open("writers")) {
            for (int i = 0; i < 8; i++) {
                scope.fork(() -> {
                    write(written, most);
                    return 0;
                });
            }
            scope.join();
        }
        assertThat(most.get()).isPositive().isLessThanOrEqualTo(size);
        assertThat(budget.promised()).isZero();
    }

    private void write(AtomicLong written, AtomicLong most) {
        for (int round = 0; round < 50; round++) {
            long own = 0;
            try (Reservation room = budget.reserve()) {
                for (int piece = 0; piece < 200; piece++) {
                    room.spend(MIB / 8);
                    own += MIB / 8;
                    most.accumulateAndGet(written.addAndGet(MIB / 8), Math::max);
                }
            } catch (StoreFault full) {
                assertThat(full.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED);
            } finally {
                written.addAndGet(-own);
            }
        }
    }
}

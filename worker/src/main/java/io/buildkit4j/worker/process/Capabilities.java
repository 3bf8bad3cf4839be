package io.buildkit4j.worker.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which of the kernel's capabilities(7) a process gets: never more than this daemon has itself. */
public final class Capabilities {
    /** By their numbers, from 0. */
    private static final List<String> NAMES = List.of("""
            CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
            NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT
            SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP
            MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE""".split("\\s+"));

    /** What container runtimes give by default. */
    private static final List<String> DEFAULT = List.of("""
            CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL
            AUDIT_WRITE""".split("\\s+"));

    private final long permitted;

    private Capabilities(long permitted) {
        this.permitted = permitted;
    }

    /** Those of this daemon. */
    public static Capabilities ofThisProcess() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapPrm:")) {
                    return new Capabilities(Long.parseUnsignedLong(
                            line.substring("CapPrm:".length()).strip(), 16));
                }
            }
            return new Capabilities(-1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Names as a runtime specification has them. */
    public List<String> granted(boolean all) {
        List<String> granted = new ArrayList<>();
        for (int number = 0; number < NAMES.size(); number++) {
            String name = NAMES.get(number);
            if ((permitted >>> number & 1) == 1 && (all || DEFAULT.contains(name))) {
                granted.add("CAP_" + name);
            }
        }
        return granted;
    }
}

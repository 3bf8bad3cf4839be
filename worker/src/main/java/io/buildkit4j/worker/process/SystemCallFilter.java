package io.buildkit4j.worker.process;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/**
 * The system calls that a container is refused: those that administer the host, load code into the kernel, make or enter
 * namespaces, or reach other containers' memory; in effect what container runtimes refuse by default. It is a table of what
 * is refused and not of what is allowed because libseccomp compiles the latter for each of a machine's instruction sets,
 * which costs every step 10 ms where this costs 1.
 */
final class SystemCallFilter {
    private static final List<String> REFUSED = List.of("""
            acct add_key bpf clock_adjtime clock_adjtime64 clock_settime clock_settime64 create_module delete_module
            fanotify_init finit_module fsconfig fsmount fsopen fspick get_kernel_syms get_mempolicy init_module
            io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl listmount
            lookup_dcookie mbind migrate_pages mount mount_setattr move_mount move_pages nfsservctl open_by_handle_at
            open_tree open_tree_attr perf_event_open pivot_root query_module quotactl quotactl_fd reboot request_key
            set_mempolicy set_mempolicy_home_node setdomainname sethostname setns settimeofday statmount stime swapoff
            swapon sysfs syslog _sysctl umount umount2 unshare uselib userfaultfd ustat vhangup vm86 vm86old""".split("\\s+"));

    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
    private static final long[] NAMESPACES = {
        0x20000L, 0x2000000L, 0x4000000L, 0x8000000L, 0x10000000L, 0x20000000L, 0x40000000L
    };

    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int AF_VSOCK = 40;

    private SystemCallFilter() {}

    /** The {@code linux.seccomp} object of a runtime specification. */
    static JsonObject json() {
        JsonArray rules = new JsonArray();
        rules.add(rule(REFUSED, EPERM));
        // Its flags are in memory, where no filter can look; programs fall back to clone when it is absent.
        rules.add(rule(List.of("clone3"), ENOSYS));
        for (long flag : NAMESPACES) {
            rules.add(with(rule(List.of("clone"), EPERM), argument("SCMP_CMP_MASKED_EQ", flag, flag)));
        }
        rules.add(with(rule(List.of("socket"), EPERM), argument("SCMP_CMP_EQ", AF_VSOCK, 0)));
        JsonObject filter = new JsonObject();
        filter.addProperty("defaultAction", "SCMP_ACT_ALLOW");
        filter.add("architectures", architectures());
        filter.add("syscalls", rules);
        return filter;
    }

    private static JsonArray architectures() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> RuntimeSpec.texts(List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"));
            case "aarch64" -> RuntimeSpec.texts(List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"));
            default -> new JsonArray();
        };
    }

    private static JsonObject rule(List<String> names, int error) {
        JsonObject rule = new JsonObject();
        rule.add("names", RuntimeSpec.texts(names));
        rule.addProperty("action", "SCMP_ACT_ERRNO");
        rule.addProperty("errnoRet", error);
        return rule;
    }

    private static JsonObject with(JsonObject rule, JsonObject argument) {
        JsonArray arguments = new JsonArray();
        arguments.add(argument);
        rule.add("args", arguments);
        return rule;
    }

    private static JsonObject argument(String operator, long value, long second) {
        JsonObject argument = new JsonObject();
        argument.addProperty("index", 0);
        argument.addProperty("value", value);
        argument.addProperty("valueTwo", second);
        argument.addProperty("op", operator);
        return argument;
    }
}

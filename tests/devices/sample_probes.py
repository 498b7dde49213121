"""Sample output of probe.sh: written from documentation, not recorded on a device."""

PI = """\
temperature=cpu-thermal|48199
clock=0 1 2 3|ondemand|600000|600000|1800000
cooling=cpufreq-cpu0|0
vcgencmd=0x50000
model=Raspberry Pi 4 Model B Rev 1.4
os=Debian GNU/Linux 12 (bookworm)
kernel=Linux 6.6.51+rpt-rpi-v8
architecture=aarch64
bits=64
cpu=Cortex-A72
features=fp asimd evtstrm crc32 cpuid
cores=4
memory_kib=3884408
disk_kib=24117248
load=0.08
python=3.11.2
executorch=1.4.1
time=2026-03-01T09:30:00Z
"""
JETSON = """\
temperature=AO-therm|47000
temperature=CPU-therm|41500
temperature=PMIC-Die|100000
clock=0 1 2 3|schedutil|1479000|102000|1479000
model=NVIDIA Jetson Nano Developer Kit
os=Ubuntu 18.04.6 LTS
kernel=Linux 4.9.337-tegra
architecture=aarch64
bits=64
cpu=Cortex-A57
features=fp asimd evtstrm aes pmull sha1 sha2 crc32
cores=4
memory_kib=4059248
load=0.35
python=3.6.9
runner=/home/ta/xnn_executor_runner
tegra=# R32 (release), REVISION: 7.6
power_mode=5W
time=2026-03-01T09:30:00Z
"""

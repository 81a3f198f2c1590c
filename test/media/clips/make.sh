#!/bin/sh
# Makes the clips of the probe's tests again: real files of many kinds, a second or two each and a few kB.
#
#   make.sh [name...]    all of them, or only those named
#
# Needs ffmpeg, and for turned.jpg, picture.heic and picture.avif Python with Pillow 13 and pillow-heif 1.8. The clips up to
# turned.mp4 were made by ffmpeg 5, the others by ffmpeg 9; the wheel imageio-ffmpeg carries one (FFMPEG names it, PYTHON the
# other).
set -eu
cd "$(dirname "$0")"
FFMPEG=${FFMPEG:-ffmpeg}
PYTHON=${PYTHON:-python3}
ONLY=" $* "

wanted() {
  [ "$ONLY" = "  " ] || case $ONLY in *" $1 "*) true ;; *) false ;; esac
}

make() {
  name=$1
  shift
  wanted "$name" || return 0
  "$FFMPEG" -hide_banner -loglevel error -y -f lavfi -i testsrc2=size=64x48:rate=25:duration=2 -f lavfi -i sine=frequency=440:sample_rate=44100:duration=2 \
    -pix_fmt yuv420p -ac 1 -b:v 20k -b:a 16k -map_metadata -1 -fflags +bitexact "$@" "$name"
}

make moov-last.mp4 -c:v libx264 -c:a aac
make moov-first.mov -c:v libx264 -c:a pcm_s16le -ar 8000 -movflags +faststart
make hevc-mp3.mp4 -c:v libx265 -x265-params log-level=none -tag:v hvc1 -c:a libmp3lame -b:a 32k
make vp9-opus.mp4 -c:v libvpx-vp9 -c:a libopus
make fragmented.mp4 -c:v libx264 -g 10 -c:a aac -movflags frag_keyframe+empty_moov+default_base_moof
make wide-pixels.mp4 -c:v libx264 -an -vf setsar=4/3
make silent.3gp -c:v h263 -s 128x96 -an
make sound.m4a -vn -c:a aac
make clip.webm -c:v libvpx-vp9 -c:a libopus
make clip.mkv -c:v libx264 -c:a aac
make clip.avi -c:v mpeg4 -an
make clip.mpg -c:v mpeg1video -an
make clip.mpegts -c:v libx264 -an -f mpegts
make clip.flv -c:v flv1 -an
make clip.wmv -c:v wmv2 -an
make picture.jpg -frames:v 1 -an -update 1 -pix_fmt yuvj420p
make picture.png -frames:v 1 -an -update 1 -pix_fmt rgb24

# A quarter turn, as telephones write it: the picture lies, and the header says how to stand it up.
if wanted turned.mp4; then
  "$FFMPEG" -hide_banner -loglevel error -y -i moov-last.mp4 -c copy -metadata:s:v rotate=90 -fflags +bitexact turned.mp4
fi

make vp8-vorbis.webm -c:v libvpx -c:a libvorbis -b:a 48k
make av1.webm -c:v libaom-av1 -cpu-used 8 -an
make hevc.mkv -c:v libx265 -x265-params log-level=none -c:a aac
make wide-pixels.webm -c:v libvpx-vp9 -an -vf setsar=4/3
make sound.webm -vn -c:a libopus
# As a browser records: neither the size of the segment nor its duration is known while it is written.
make live.webm -c:v libvpx -c:a libopus -f webm -live 1 -cluster_time_limit 500
# With an index of its fragments in front, as for streaming.
make indexed.mp4 -c:v libx264 -g 10 -an -movflags frag_keyframe+empty_moov+default_base_moof+global_sidx
make still.gif -frames:v 1 -an -loop -1 -pix_fmt rgb8
make animated.gif -t 0.2 -an -pix_fmt rgb8
make animated.png -t 0.2 -an -f apng -plays 0 -pix_fmt rgb24
make lossy.webp -frames:v 1 -an -update 1 -c:v libwebp
make lossless.webp -frames:v 1 -an -update 1 -c:v libwebp -lossless 1 -pix_fmt bgra
make animated.webp -t 0.2 -an -c:v libwebp_anim -loop 0
if wanted turned.mkv; then
  "$FFMPEG" -hide_banner -loglevel error -y -display_rotation 90 -i clip.mkv -c copy -fflags +bitexact turned.mkv
fi
for name in turned.jpg picture.heic picture.avif; do
  wanted "$name" || continue
  "$PYTHON" - "$name" <<'PYTHON'
import sys
from PIL import Image
import pillow_heif
pillow_heif.register_heif_opener()
picture = Image.open("picture.png").convert("RGB")
exif = Image.Exif()
# 6: the picture lies on its left side.
exif[0x0112] = 6
picture.save(sys.argv[1], **({"exif": exif} if sys.argv[1] == "turned.jpg" else {}))
PYTHON
done

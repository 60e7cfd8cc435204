"""Archives written by igzip are archives, and what either library wrote is read."""

import io
import zipfile
import zlib

import pytest

from core import deflate

TEXT = ("北京恒信科技有限公司,100\n" * 5_000).encode()


def test_igzip_is_there_and_its_bytes_are_read_by_zlib() -> None:
    assert deflate.fast.__name__ == "isal.isal_zlib"
    assert zlib.decompress(deflate.pack(TEXT)) == TEXT
    assert deflate.unpack(zlib.compress(TEXT, 9)) == TEXT
    with pytest.raises(deflate.fast.error):
        deflate.unpack(deflate.pack(TEXT)[:-40])


def test_an_archive_is_written_and_read_by_it_as_by_zipfile_alone() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with deflate.writing(archive, "a.xml") as entry:
            entry.write(TEXT)
            assert type(entry._compressor) is type(deflate.fast.compressobj())  # type: ignore[attr-defined]
        archive.writestr("b.xml", TEXT)
        archive.writestr("c.xml", TEXT, zipfile.ZIP_STORED)

    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        for entry in archive.infolist():
            with deflate.reading(archive, entry) as part:
                assert part.read() == TEXT
        with deflate.reading(archive, archive.getinfo("b.xml")) as part:
            assert type(part._decompressor) is type(deflate.fast.decompressobj())  # type: ignore[attr-defined]


def test_no_more_is_inflated_than_is_asked_for() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(50_000_000))
    with zipfile.ZipFile(file) as archive, deflate.reading(archive, archive.infolist()[0]) as part:
        assert len(part.read(1_000)) == 1_000
        assert len(part._readbuffer) <= 2 * zipfile.ZipExtFile.MIN_READ_SIZE  # type: ignore[attr-defined]

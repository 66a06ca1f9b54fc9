using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// Files as lists of lines that the tables of one kind share. The next version of a table, of which one operator was measured anew, costs
/// the lines that differ and a list of some kilobytes. The bytes come back as they were given.
/// </summary>
internal static class TableLines
{
    private const int HashBytes = 16;
    private const byte LineEnd = (byte)'\n';

    /// <summary>What tells whether a file came back whole.</summary>
    public static byte[] Digest(ReadOnlySpan<byte> file) => SHA256.HashData(file)[..HashBytes];

    /// <summary>Keeps a file's lines, those that are not there yet.</summary>
    /// <returns>The list that <see cref="Read"/> wants.</returns>
    public static byte[] Write(SqliteConnection connection, SqliteTransaction transaction, long kind, ReadOnlyMemory<byte> file)
    {
        using SqliteCommand find = Command(connection, transaction, "SELECT id, text FROM table_line WHERE kind = @kind AND hash = @hash"),
            add = Command(
                connection,
                transaction,
                // A line that was damaged on the disk is mended by whoever brings it whole.
                "INSERT INTO table_line (kind, hash, text) VALUES (@kind, @hash, @text) "
                    + "ON CONFLICT DO UPDATE SET text = excluded.text RETURNING id"
            );
        foreach (SqliteCommand command in new[] { find, add })
        {
            command.Parameters.AddWithValue("@kind", kind);
            command.Parameters.Add("@hash", SqliteType.Blob);
        }
        add.Parameters.Add("@text", SqliteType.Blob);

        using var list = new MemoryStream();
        using var writer = new BinaryWriter(list);
        for (int start = 0; start <= file.Length; )
        {
            int length = file.Span[start..].IndexOf(LineEnd);
            if (length < 0)
                length = file.Length - start;
            writer.Write7BitEncodedInt64(IdOf(find, add, file.Span.Slice(start, length)));
            start += length + 1;
        }
        writer.Flush();
        return list.ToArray();
    }

    /// <summary>The file of a list, or null where one of its lines is missing.</summary>
    public static byte[]? Read(SqliteConnection connection, byte[] list)
    {
        using SqliteCommand find = Command(connection, transaction: null, "SELECT text FROM table_line WHERE id = @id");
        SqliteParameter id = find.Parameters.Add("@id", SqliteType.Integer);
        using var file = new MemoryStream();
        bool isFirst = true;
        foreach (long line in Ids(list))
        {
            id.Value = line;
            if (find.ExecuteScalar() is not byte[] text)
                return null;
            if (!isFirst)
                file.WriteByte(LineEnd);
            isFirst = false;
            file.Write(text);
        }
        return file.ToArray();
    }

    /// <summary>The lines that a list names.</summary>
    public static IEnumerable<long> Ids(byte[] list)
    {
        using var bytes = new MemoryStream(list);
        using var reader = new BinaryReader(bytes);
        while (bytes.Position < bytes.Length)
            yield return reader.Read7BitEncodedInt64();
    }

    private static long IdOf(SqliteCommand find, SqliteCommand add, ReadOnlySpan<byte> line)
    {
        byte[] hash = Digest(line);
        find.Parameters["@hash"].Value = hash;
        using (SqliteDataReader found = find.ExecuteReader())
        {
            if (found.Read() && line.SequenceEqual(found.GetFieldValue<byte[]>(1)))
                return found.GetInt64(0);
        }
        add.Parameters["@hash"].Value = hash;
        add.Parameters["@text"].Value = line.ToArray();
        return (long)add.ExecuteScalar()!;
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string text)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        return command;
    }
}

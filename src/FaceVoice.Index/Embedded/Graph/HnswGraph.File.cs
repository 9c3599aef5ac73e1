using System.Runtime.InteropServices;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded.Graph;

internal sealed unsafe partial class HnswGraph
{
    /// <summary>Writes the first <paramref name="count"/> nodes; links to later ones, made meanwhile, are left out.</summary>
    public void Save(BlockFile.BlockWriter writer, int count)
    {
        Span<int> numbers = stackalloc int[1 + (2 * _neighbours)];
        numbers[0] = count;
        numbers[1] = _neighbours;
        writer.Write(MemoryMarshal.AsBytes(numbers[..2]));
        for (var node = 0; node < count; node++)
        {
            var level = LevelOf(node);
            numbers[0] = level;
            writer.Write(MemoryMarshal.AsBytes(numbers[..1]));
            for (var l = 0; l <= level; l++)
            {
                var links = Links(node, l);
                var kept = 1;
                for (var i = 1; i <= links[0]; i++)
                {
                    if (links[i] < count)
                    {
                        numbers[kept++] = links[i];
                    }
                }

                numbers[0] = kept - 1;
                writer.Write(MemoryMarshal.AsBytes(numbers[..kept]));
            }
        }
    }

    /// <summary>Reads a graph back.</summary>
    /// <exception cref="IndexCorruptException">The file is damaged, or not one for this column.</exception>
    public static HnswGraph Load(BlockFile.BlockReader reader, string path, CodeMatrix codes, int neighbours, int buildEffort, KernelPath kernel)
    {
        var graph = new HnswGraph(codes, neighbours, buildEffort, kernel);
        Span<int> head = stackalloc int[2];
        reader.Read(MemoryMarshal.AsBytes(head));
        var count = head[0];
        if (count < 0 || count > codes.Count || head[1] != neighbours)
        {
            throw new IndexCorruptException(path, 0, $"a graph of {count} nodes and {head[1]} links for a column of {codes.Count} and {neighbours}");
        }

        for (var node = 0; node < count; node++)
        {
            graph.LoadNode(reader, path, node, count);
        }

        reader.MustEnd();
        Volatile.Write(ref graph._count, count);
        return graph;
    }

    private void LoadNode(BlockFile.BlockReader reader, string path, int node, int count)
    {
        Span<int> number = stackalloc int[1];
        reader.Read(MemoryMarshal.AsBytes(number));
        var level = number[0];
        if (level is < 0 or > MaxLevel)
        {
            throw new IndexCorruptException(path, -1, $"node {node} has level {level}");
        }

        AddNode(level);
        for (var l = 0; l <= level; l++)
        {
            var links = Links(node, l);
            reader.Read(MemoryMarshal.AsBytes(number));
            if (number[0] < 0 || number[0] > links.Length - 1)
            {
                throw new IndexCorruptException(path, -1, $"node {node} has {number[0]} links");
            }

            reader.Read(MemoryMarshal.AsBytes(links.Slice(1, number[0])));
            if (links.Slice(1, number[0]).ContainsAnyExceptInRange(0, count - 1))
            {
                throw new IndexCorruptException(path, -1, $"node {node} is linked to one that is not there");
            }

            links[0] = number[0];
        }

        if (_entry < 0 || level > (int)(_entry >> 32))
        {
            _entry = ((long)level << 32) | (uint)node;
        }
    }
}

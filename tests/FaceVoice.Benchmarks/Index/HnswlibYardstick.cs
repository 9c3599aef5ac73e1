using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FaceVoice.Benchmarks.Index;

/// <summary>Debian's hnswlib (libhnswlib-dev), built here with g++ -O3 -march=native; absent where either is not installed.</summary>
internal sealed unsafe class HnswlibYardstick : IDisposable
{
    private const string Source = """
        #include <hnswlib/hnswlib.h>
        struct fv_index { hnswlib::InnerProductSpace space; hnswlib::HierarchicalNSW<float> graph;
            fv_index(size_t dim, size_t max, size_t m, size_t ef) : space(dim), graph(&space, max, m, ef) {}
            fv_index(size_t dim, size_t max, const char* path) : space(dim), graph(&space, path, false, max) {} };
        extern "C" void* fv_new(long dim, long max, long m, long ef) { return new fv_index(dim, max, m, ef); }
        extern "C" void* fv_load(long dim, long max, const char* path) { return new fv_index(dim, max, path); }
        extern "C" void fv_save(void* i, const char* path) { static_cast<fv_index*>(i)->graph.saveIndex(path); }
        extern "C" long fv_count(void* i) { return static_cast<fv_index*>(i)->graph.cur_element_count; }
        extern "C" void fv_add(void* i, const float* v, long label) { static_cast<fv_index*>(i)->graph.addPoint(v, label); }
        extern "C" void fv_ef(void* i, long ef) { static_cast<fv_index*>(i)->graph.setEf(ef); }
        extern "C" long fv_search(void* i, const float* v, long k, long* labels) {
            auto found = static_cast<fv_index*>(i)->graph.searchKnn(v, k);
            long n = 0;
            for (; !found.empty(); found.pop()) labels[n++] = static_cast<long>(found.top().second);
            return n; }
        extern "C" void fv_free(void* i) { delete static_cast<fv_index*>(i); }
        """;

    private readonly nint _library;
    private readonly nint _index;
    private readonly delegate* unmanaged<nint, float*, long, void> _add;
    private readonly delegate* unmanaged<nint, long, void> _effort;
    private readonly delegate* unmanaged<nint, float*, long, long*, long> _search;

    private HnswlibYardstick(nint library, int size, int capacity, int neighbours, int buildEffort, string saved)
    {
        _library = library;
        _add = (delegate* unmanaged<nint, float*, long, void>)NativeLibrary.GetExport(library, "fv_add");
        _effort = (delegate* unmanaged<nint, long, void>)NativeLibrary.GetExport(library, "fv_ef");
        _search = (delegate* unmanaged<nint, float*, long, long*, long>)NativeLibrary.GetExport(library, "fv_search");
        _index = File.Exists(saved) ? Load(size, capacity, saved)
            : ((delegate* unmanaged<long, long, long, long, nint>)NativeLibrary.GetExport(library, "fv_new"))(size, capacity, neighbours, buildEffort);
    }

    /// <summary>The number of points.</summary>
    public int Count => (int)((delegate* unmanaged<nint, long>)NativeLibrary.GetExport(_library, "fv_count"))(_index);

    /// <summary>Builds the library and an empty graph, or takes up a saved one; null where that is not possible here.</summary>
    public static HnswlibYardstick? TryCreate(int size, int capacity, int neighbours, int buildEffort, string saved)
    {
        if (!File.Exists("/usr/include/hnswlib/hnswlib.h"))
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("facevoice-hnswlib-").FullName;
        var (source, library) = (Path.Combine(folder, "yardstick.cpp"), Path.Combine(folder, "libyardstick.so"));
        File.WriteAllText(source, Source);
        try
        {
            using var compiler = Process.Start("g++", ["-O3", "-march=native", "-shared", "-fPIC", "-o", library, source]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? new(NativeLibrary.Load(library), size, capacity, neighbours, buildEffort, saved) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no compiler here
        }
        finally
        {
            Directory.Delete(folder, recursive: true); // once loaded, the library stays mapped without its file
        }
    }

    public void Add(ReadOnlySpan<float> vector, int label)
    {
        fixed (float* start = vector)
        {
            _add(_index, start, label);
        }
    }

    public void Save(string path)
    {
        var name = Marshal.StringToCoTaskMemUTF8(path);
        ((delegate* unmanaged<nint, nint, void>)NativeLibrary.GetExport(_library, "fv_save"))(_index, name);
        Marshal.FreeCoTaskMem(name);
    }

    public void SetEffort(int effort) => _effort(_index, effort);

    public int[] Search(float[] query, int limit)
    {
        var labels = stackalloc long[limit];
        fixed (float* start = query)
        {
            var found = (int)_search(_index, start, limit, labels);
            var result = new int[found];
            for (var i = 0; i < found; i++)
            {
                result[i] = (int)labels[i];
            }

            return result;
        }
    }

    public void Dispose()
    {
        ((delegate* unmanaged<nint, void>)NativeLibrary.GetExport(_library, "fv_free"))(_index);
        NativeLibrary.Free(_library);
    }

    private nint Load(int size, int capacity, string saved)
    {
        var name = Marshal.StringToCoTaskMemUTF8(saved);
        var index = ((delegate* unmanaged<long, long, nint, nint>)NativeLibrary.GetExport(_library, "fv_load"))(size, capacity, name);
        Marshal.FreeCoTaskMem(name);
        return index;
    }
}

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Empties a device's caches, so that a run finds none of its weights and maps in them.</summary>
public interface ICacheFlush
{
    /// <summary>Empties them; takes no managed memory.</summary>
    void Flush();
}
